/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How fast a reader of one segment comes from its first byte to its last, when all of it has been written before. */
final class CatchUp {
    private static final long BYTES = 4L << 30;

    /** Longest time without an event until a read is given up. */
    private static final long SILENCE_SECONDS = 60;

    private CatchUp() {}

    /** @param directory on the servers' disk */
    static void measure(Subject subject, Path directory, Results results) throws Exception {
        double file = Disk.sequentialRead(directory, BYTES);
        results.add(Metric.SEQUENTIAL_READ, file);
        double small = rate(subject, 1_024);
        results.add(Metric.CATCH_UP_1_KB, small);
        results.add(Metric.CATCH_UP_1_KB_PART, small / file);
        double large = rate(subject, 100 * 1_024);
        results.add(Metric.CATCH_UP_100_KB, large);
        results.add(Metric.CATCH_UP_100_KB_PART, large / file);
    }

    /** Megabytes of events that a reader gets in a second. */
    private static double rate(Subject subject, int eventBytes) throws Exception {
        subject.open("history-of-" + eventBytes, 1);
        long events = BYTES / eventBytes;
        Flood flood = new Flood(subject.writer(), new String[] {"key"}, eventBytes, Flood.BYTES, new AtomicLong());
        flood.write(events);
        flood.finish();
        new Servers().awaitQuiet();
        AtomicLong read = new AtomicLong();
        AtomicLong end = new AtomicLong();
        long start = System.nanoTime();
        subject.read(event -> {
            if (read.incrementAndGet() == events) {
                end.set(System.nanoTime());
            }
        });
        long seen = 0;
        for (long since = System.nanoTime(); end.get() == 0; TimeUnit.MILLISECONDS.sleep(1)) {
            if (read.get() != seen) {
                seen = read.get();
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
                throw new IllegalStateException((events - seen) + " of " + events + " events were not read");
            }
        }
        return events * eventBytes / 1e6 / ((end.get() - start) / 1e9);
    }
}
