/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the processes of the server that is measured have used, as Linux counts it. The property {@code servers} names
 * them: process ids, separated by commas.
 */
final class Servers {
    /** Unit of times in {@code /proc}, the same on all machines. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int QUIET_SECONDS = 10;
    private static final int QUIET_ATTEMPTS = 9;

    /** What is written by a server that has nothing to do, such as marks of what has been stored. */
    private static final long QUIET_BYTES = 1 << 20;

    private final List<Path> processes;

    Servers() {
        processes = Arrays.stream(System.getProperty("servers", "").split(",", -1))
                .filter(id -> !id.isEmpty())
                .map(id -> Path.of("/proc", id))
                .toList();
    }

    /** Seconds that processors have spent on them. */
    double cpuSeconds() throws IOException {
        long ticks = 0;
        for (Path process : processes) {
            String stat = Files.readString(process.resolve("stat"));
            // Behind the name, which may contain anything; then the 14th and 15th field.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Bytes that they have given the system to write to disk. */
    long bytesWritten() throws IOException {
        return sum("io", "write_bytes:");
    }

    /**
     * Waits until they have written next to nothing for ten seconds, for 90 s at most: what was acknowledged may have left
     * them something to do.
     *
     * @return bytes written by then
     */
    long awaitQuiet() throws IOException, InterruptedException {
        long before = Long.MIN_VALUE;
        long written = bytesWritten();
        for (int i = 0; i < QUIET_ATTEMPTS && written > before + QUIET_BYTES; i++) {
            TimeUnit.SECONDS.sleep(QUIET_SECONDS);
            before = written;
            written = bytesWritten();
        }
        return written;
    }

    /** Bytes of memory that they hold. */
    long residentBytes() throws IOException {
        return sum("status", "VmRSS:") * 1_024;
    }

    private long sum(String file, String name) throws IOException {
        long sum = 0;
        for (Path process : processes) {
            for (String line : Files.readAllLines(process.resolve(file))) {
                if (line.startsWith(name)) {
                    sum += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return sum;
    }
}
