/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Events of 100 B at their times, whatever becomes of those before, and read at once by the same program. What is told is
 * the time from when an event was due, so that a client or server that falls behind is not spared.
 */
final class Paced {
    private static final int EVENT_BYTES = 100;
    private static final int WARM_UP_SECONDS = 5;
    private static final int MEASURED_SECONDS = 10;
    private static final long PATIENCE_SECONDS = 60;

    private Paced() {}

    static void measure(Subject subject, Results results) throws Exception {
        run(subject, results, 1_000);
        run(subject, results, 10_000);
        run(subject, results, 50_000);
    }

    private static void run(Subject subject, Results results, int perSecond) throws Exception {
        subject.open("events-at-" + perSecond, 1);
        int warmUp = perSecond * WARM_UP_SECONDS;
        int all = warmUp + perSecond * MEASURED_SECONDS;
        Times acknowledged = new Times(all);
        Times read = new Times(all);
        subject.read(event -> read.set(
                read.count(), System.nanoTime() - ByteBuffer.wrap(event).getLong()));
        Subject.Writer writer = subject.writer();
        long start = System.nanoTime();
        long cpuNanos = 0;
        for (int i = 0; i < all; i++) {
            if (i == warmUp) {
                cpuNanos = ClientCpu.nanos();
            }
            long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            byte[] event = ByteBuffer.allocate(EVENT_BYTES).putLong(due).array();
            int number = i;
            writer.write("key", event, () -> acknowledged.set(number, System.nanoTime() - due));
        }
        acknowledged.await(all);
        read.await(all);
        cpuNanos = ClientCpu.nanos() - cpuNanos;
        add(results, perSecond, "ACKNOWLEDGED", acknowledged.sorted(warmUp));
        add(results, perSecond, "READ", read.sorted(warmUp));
        results.add(Metric.valueOf("PACED_" + perSecond + "_CPU"), cpuNanos / 1e3 / (all - warmUp));
    }

    private static void add(Results results, int perSecond, String what, long[] sorted) throws IOException {
        results.add(Metric.valueOf("PACED_" + perSecond + "_" + what + "_P50"), percentile(sorted, 50));
        results.add(Metric.valueOf("PACED_" + perSecond + "_" + what + "_P99"), percentile(sorted, 99));
    }

    /** In milliseconds. */
    private static double percentile(long[] sorted, int percentile) {
        return sorted[(int) ((sorted.length - 1) * (long) percentile / 100)] / 1e6;
    }

    /** Nanoseconds of each event. */
    private static final class Times {
        private final long[] nanos;
        private final AtomicInteger count = new AtomicInteger();

        Times(int events) {
            nanos = new long[events];
        }

        /** By any thread, once for each event. */
        void set(int event, long value) {
            nanos[event] = value;
            count.incrementAndGet();
        }

        int count() {
            return count.get();
        }

        void await(int number) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (count.get() < number) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("only " + count.get() + " of " + number + " events came");
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }

        /** From an event on. */
        long[] sorted(int first) {
            long[] sorted = Arrays.copyOfRange(nanos, first, nanos.length);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
