/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.hdfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** Closes files whose writers are gone. */
final class Leases {
    private static final long FIRST_WAIT_MILLIS = 50;
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final DistributedFileSystem hdfs;

    Leases(DistributedFileSystem hdfs) {
        this.hdfs = hdfs;
    }

    /**
     * Takes the lease from whoever holds it, and waits until the data nodes have agreed on the length of the last block,
     * which takes some of their heartbeats. Ends at once if the file is closed, and with an interrupt.
     */
    void recover(Path file) throws IOException {
        long wait = FIRST_WAIT_MILLIS;
        while (!hdfs.recoverLease(file)) {
            pause(wait);
            wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
        }
    }

    /** Cuts off what is longer than it should be. */
    void truncate(Path file, long length) throws IOException {
        if (!hdfs.truncate(file, length)) {
            recover(file);
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a lease was recovered");
        }
    }
}
