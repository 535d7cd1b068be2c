/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/** What the disk itself can do, for comparison. */
final class Disk {
    private static final int SYNCS = 500;
    private static final int BUFFER_BYTES = 1 << 20;

    private Disk() {}

    /** How long 4 KiB more in a file take, synced. */
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

    /** How fast a file that has just been written is read from its beginning to its end, in megabytes per second. */
    static double sequentialRead(Path directory, long bytes) throws IOException {
        Path file = Files.createTempFile(directory, "sequential", null);
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long left = bytes; left > 0; ) {
                buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
                left -= channel.write(buffer);
            }
            channel.position(0);
            long start = System.nanoTime();
            long read = 0;
            for (int count = 0; count >= 0; count = channel.read(buffer.clear())) {
                read += count;
            }
            return read / 1e6 / ((System.nanoTime() - start) / 1e9);
        } finally {
            Files.delete(file);
        }
    }
}
