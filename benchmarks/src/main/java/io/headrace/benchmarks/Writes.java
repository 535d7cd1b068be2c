/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** How long a lone append takes, and how many events a second are acknowledged when as many are written as can be. */
final class Writes {
    private static final int LONE_APPENDS_WARM_UP = 1_000;
    private static final int LONE_APPENDS = 2_000;
    private static final long PATIENCE_SECONDS = 60;

    /** Until both JVMs have compiled most of what they will. */
    private static final int FIRST_SECONDS = 20;

    private static final int WARM_UP_SECONDS = 3;
    private static final int MEASURED_SECONDS = 10;

    private final Subject subject;
    private final Results results;

    Writes(Subject subject, Results results) {
        this.subject = subject;
        this.results = results;
    }

    /** Writes as fast as it goes before anything is measured, so that what is measured is not a server that has just started. */
    void warmUp() throws Exception {
        subject.open("warm-up", 1);
        Flood flood = new Flood(subject.writer(), new String[] {"key"}, 1_024, Flood.BYTES, new AtomicLong());
        flood.writeUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(FIRST_SECONDS));
        flood.finish();
    }

    /** One at a time, in a stream of one segment. */
    void lone() throws Exception {
        subject.open("lone-appends", 1);
        Subject.Writer writer = subject.writer();
        Histogram nanos = new Histogram(3);
        byte[] event = new byte[1_024];
        Semaphore acknowledged = new Semaphore(0);
        for (int i = 0; i < LONE_APPENDS_WARM_UP + LONE_APPENDS; i++) {
            long start = System.nanoTime();
            writer.write("key", event, acknowledged::release);
            if (!acknowledged.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a lone append is not acknowledged");
            }
            if (i >= LONE_APPENDS_WARM_UP) {
                nanos.recordValue(System.nanoTime() - start);
            }
        }
        results.addMillis(Metric.LONE_APPEND_P50, nanos, 50);
        results.addMillis(Metric.LONE_APPEND_P99, nanos, 99);
    }

    /** Small events, one writer, one segment. */
    void small() throws Exception {
        Throughput throughput = throughput("events-of-100", 100, 1, 1);
        results.add(Metric.WRITE_100_B, throughput.median());
        results.add(Metric.WRITE_100_B_WORST, throughput.worst());
        results.add(Metric.WRITE_100_B_CLIENT_CPU, throughput.clientMicros());
    }

    /** Events of 1 KB, one writer, one segment, and what they cost the servers. */
    void medium() throws Exception {
        Servers servers = new Servers();
        double cpuSeconds = servers.cpuSeconds();
        long written = servers.bytesWritten();
        Throughput throughput = throughput("events-of-1024", 1_024, 1, 1);
        double bytes = throughput.acknowledged() * 1_024.0;
        results.add(Metric.WRITE_1_KB, throughput.median());
        results.add(Metric.WRITE_1_KB_WORST, throughput.worst());
        results.add(Metric.WRITE_1_KB_CLIENT_CPU, throughput.clientMicros());
        results.add(Metric.WRITE_1_KB_CPU, (servers.cpuSeconds() - cpuSeconds) / (bytes / 1e9));
        results.add(Metric.WRITE_1_KB_DISK, (servers.awaitQuiet() - written) / bytes);
        results.add(Metric.WRITE_MEMORY, servers.residentBytes() / (double) (1 << 20));
    }

    /** Large events, one writer, one segment. */
    void large() throws Exception {
        int[] sizes = {10 << 10, 100 << 10, 1_000_000};
        Metric[] metrics = {Metric.WRITE_10_KB, Metric.WRITE_100_KB, Metric.WRITE_1_MB};
        for (int i = 0; i < sizes.length; i++) {
            Throughput throughput = throughput("events-of-" + sizes[i], sizes[i], 1, 1);
            results.add(metrics[i], throughput.median() * sizes[i] / 1e6);
        }
    }

    /** Events of 1 KB, four writers, sixteen segments. */
    void spread() throws Exception {
        Throughput throughput = throughput("spread-events", 1_024, 16, 4);
        results.add(Metric.WRITE_SPREAD, throughput.median());
        results.add(Metric.WRITE_SPREAD_WORST, throughput.worst());
    }

    /**
     * What writers have achieved.
     *
     * @param perSecond acknowledged events of each measured second, sorted
     * @param acknowledged events, those of the warm-up included
     * @param clientMicros processor time of the client for an event, in microseconds
     */
    private record Throughput(List<Long> perSecond, long acknowledged, double clientMicros) {
        double median() {
            return perSecond.get(perSecond.size() / 2);
        }

        double worst() {
            return perSecond.get(0);
        }
    }

    private Throughput throughput(String stream, int eventBytes, int segments, int writers) throws Exception {
        subject.open(stream, segments);
        String[] keys = IntStream.range(0, segments == 1 ? 1 : 16 * segments)
                .mapToObj(number -> "key-" + number)
                .toArray(String[]::new);
        AtomicLong acknowledged = new AtomicLong();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS + MEASURED_SECONDS);
        List<Flood> floods = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            floods.add(new Flood(subject.writer(), keys, eventBytes, Flood.BYTES / writers, acknowledged));
        }
        ExecutorService executor = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Flood flood : floods) {
                running.add(executor.submit(() -> {
                    flood.writeUntil(end);
                    return null;
                }));
            }
            return watched(start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS), acknowledged, floods, running);
        } finally {
            executor.shutdownNow();
        }
    }

    /** Counts second by second from a time on; when this returns, all is acknowledged. */
    private static Throughput watched(long from, AtomicLong acknowledged, List<Flood> floods, List<Future<?>> running)
            throws Exception {
        awaitTime(from);
        long cpuNanos = ClientCpu.nanos();
        long first = acknowledged.get();
        long counted = first;
        List<Long> perSecond = new ArrayList<>();
        for (int second = 1; second <= MEASURED_SECONDS; second++) {
            awaitTime(from + TimeUnit.SECONDS.toNanos(second));
            long now = acknowledged.get();
            perSecond.add(now - counted);
            counted = now;
        }
        double micros = (ClientCpu.nanos() - cpuNanos) / 1e3 / (counted - first);
        for (Future<?> future : running) {
            future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        for (Flood flood : floods) {
            flood.finish();
        }
        perSecond.sort(null);
        return new Throughput(perSecond, acknowledged.get(), micros);
    }

    private static void awaitTime(long time) throws InterruptedException {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }
}
