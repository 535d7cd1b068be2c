/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.EventStreamWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One writer, one segment: how long a lone append takes, and how many events a second are acknowledged. */
final class Writes {
    private static final int LONE_APPENDS_WARM_UP = 1_000;
    private static final int LONE_APPENDS = 2_000;
    private static final int WARM_UP_SECONDS = 8;
    private static final int MEASURED_SECONDS = 10;

    private static final long SETTLE_MILLIS = 15_000;
    private static final int SETTLE_ATTEMPTS = 6;

    private final Client client;
    private final Results results;

    private Writes(Client client, Results results) {
        this.client = client;
        this.results = results;
    }

    static void measure(Client client, Results results) throws Exception {
        Writes writes = new Writes(client, results);
        writes.loneAppends();
        writes.throughput(100).addTo(results, Metric.WRITE_100_B, Metric.WRITE_100_B_WORST);
        writes.withCosts(Metric.WRITE_1_KB, Metric.WRITE_1_KB_WORST, Metric.WRITE_1_KB_CPU, Metric.WRITE_1_KB_DISK);
        results.add(Metric.WRITE_MEMORY, new Servers().residentBytes() / (double) (1 << 20));
    }

    /** What writes cost a server that was started without long-term storage. */
    static void measureUntiered(Client client, Results results) throws Exception {
        Writes writes = new Writes(client, results);
        // As with the other server.
        writes.throughput(100);
        writes.withCosts(
                Metric.WRITE_1_KB_UNTIERED,
                Metric.WRITE_1_KB_UNTIERED_WORST,
                Metric.WRITE_1_KB_UNTIERED_CPU,
                Metric.WRITE_1_KB_UNTIERED_DISK);
    }

    /** Throughput with events of 1 KB, and what it costs the servers. */
    private void withCosts(Metric median, Metric worst, Metric cpu, Metric disk) throws Exception {
        Servers servers = new Servers();
        double cpuSeconds = servers.cpuSeconds();
        long written = servers.bytesWritten();
        Throughput throughput = throughput(1_024);
        double acknowledged = throughput.acknowledged * 1_024.0;
        throughput.addTo(results, median, worst);
        results.add(cpu, (servers.cpuSeconds() - cpuSeconds) / (acknowledged / 1e9));
        results.add(disk, (settledBytes(servers) - written) / acknowledged);
    }

    /** Bytes written to disk once nothing has been written for a while: storage goes on when all is acknowledged. */
    private static long settledBytes(Servers servers) throws Exception {
        long written = -1;
        for (int i = 0; i < SETTLE_ATTEMPTS && written != servers.bytesWritten(); i++) {
            written = servers.bytesWritten();
            Thread.sleep(SETTLE_MILLIS);
        }
        return written;
    }

    private void loneAppends() throws Exception {
        client.createStream("lone-appends");
        Histogram nanos = new Histogram(3);
        byte[] event = new byte[1_024];
        try (EventStreamWriter<byte[]> writer = client.writer("lone-appends")) {
            for (int i = 0; i < LONE_APPENDS_WARM_UP + LONE_APPENDS; i++) {
                long start = System.nanoTime();
                writer.writeEvent("key", event).get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (i >= LONE_APPENDS_WARM_UP) {
                    nanos.recordValue(System.nanoTime() - start);
                }
            }
        }
        results.addMillis(Metric.LONE_APPEND_P50, nanos, 50);
        results.addMillis(Metric.LONE_APPEND_P99, nanos, 99);
    }

    /**
     * What a writer has achieved.
     *
     * @param perSecond acknowledged events of each measured second, sorted
     * @param acknowledged events, those of the warm-up included
     */
    private record Throughput(List<Long> perSecond, long acknowledged) {
        void addTo(Results results, Metric median, Metric worst) throws IOException {
            results.add(median, perSecond.get(perSecond.size() / 2));
            results.add(worst, perSecond.get(0));
        }
    }

    private Throughput throughput(int eventBytes) throws Exception {
        String stream = "events-of-" + eventBytes;
        client.createStream(stream);
        try (EventStreamWriter<byte[]> writer = client.writer(stream)) {
            Window window = new Window(writer, eventBytes);
            List<Long> perSecond = acknowledgedPerSecond(window);
            Collections.sort(perSecond);
            return new Throughput(perSecond, window.acknowledged());
        }
    }

    /** Acknowledged events of each measured second; when this returns, all are acknowledged. */
    private static List<Long> acknowledgedPerSecond(Window window) throws Exception {
        List<Long> perSecond = new ArrayList<>();
        long start = System.nanoTime();
        long counted = 0;
        for (int second = 1; second <= WARM_UP_SECONDS + MEASURED_SECONDS; second++) {
            long end = start + TimeUnit.SECONDS.toNanos(second);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                window.write(left);
            }
            long now = window.acknowledged();
            if (second > WARM_UP_SECONDS) {
                perSecond.add(now - counted);
            }
            counted = now;
        }
        window.finish();
        return perSecond;
    }
}
