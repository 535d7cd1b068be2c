/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/** What the disk itself takes for 4 KiB more in a file, synced. */
final class Disk {
    private static final int SYNCS = 500;

    private Disk() {}

    static void measure(Path directory, Results results) throws IOException {
        Histogram nanos = new Histogram(3);
        Path file = Files.createTempFile(directory, "fdatasync", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                nanos.recordValue(System.nanoTime() - start);
            }
        } finally {
            Files.delete(file);
        }
        results.addMillis(Metric.FDATASYNC_P50, nanos, 50);
        results.addMillis(Metric.FDATASYNC_P99, nanos, 99);
    }
}
