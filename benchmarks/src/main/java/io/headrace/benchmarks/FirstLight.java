/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.ClientConfig;
import io.pravega.client.EventStreamClientFactory;
import io.pravega.client.admin.StreamManager;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.impl.ByteArraySerializer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * One run of the first comparison against one server: how long a lone append of 1 KB takes, and how many events of 100
 * B a second one writer has acknowledged in one segment.
 *
 * <p>Arguments: name of the server, its controller as {@code host:port}, a directory on the servers' disk, the file that
 * gets the line of results.
 */
public final class FirstLight {
    private static final int LONE_APPENDS_WARM_UP = 1_000;
    private static final int LONE_APPENDS = 2_000;
    private static final int WARM_UP_SECONDS = 15;
    private static final int MEASURED_SECONDS = 15;

    /** Events that the driver leaves unacknowledged at most: 20 MB of them. */
    private static final int IN_FLIGHT = 200_000;

    private FirstLight() {}

    public static void main(String[] arguments) throws Exception {
        String server = arguments[0];
        Histogram sync = fdatasync(Path.of(arguments[2]));
        ClientConfig config = ClientConfig.builder()
                .controllerURI(URI.create("tcp://" + arguments[1]))
                .build();
        String stream = "first-light-" + System.nanoTime();
        try (StreamManager streams = StreamManager.create(config)) {
            streams.createScope("benchmarks");
            streams.createStream(
                    "benchmarks",
                    stream,
                    StreamConfiguration.builder()
                            .scalingPolicy(ScalingPolicy.fixed(1))
                            .build());
        }
        try (EventStreamClientFactory clients = EventStreamClientFactory.withScope("benchmarks", config);
                EventStreamWriter<byte[]> writer = clients.createEventWriter(
                        stream,
                        new ByteArraySerializer(),
                        EventWriterConfig.builder().build())) {
            Histogram lone = loneAppends(writer);
            List<Long> perSecond = throughput(writer);
            List<Long> sorted = new ArrayList<>(perSecond);
            Collections.sort(sorted);
            String line = String.format(
                    Locale.ROOT,
                    "%s\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.3f%n",
                    server,
                    sorted.get(sorted.size() / 2),
                    sorted.get(0),
                    lone.getValueAtPercentile(50) / 1e6,
                    lone.getValueAtPercentile(99) / 1e6,
                    sync.getValueAtPercentile(50) / 1e6,
                    sync.getValueAtPercentile(99) / 1e6);
            System.out.print(line);
            Files.writeString(Path.of(arguments[3]), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        // The client's pools have threads that are no daemons.
        System.exit(0);
    }

    private static Histogram loneAppends(EventStreamWriter<byte[]> writer) throws Exception {
        Histogram latency = new Histogram(3);
        byte[] event = new byte[1024];
        for (int i = 0; i < LONE_APPENDS_WARM_UP + LONE_APPENDS; i++) {
            long start = System.nanoTime();
            writer.writeEvent("key", event).get(60, TimeUnit.SECONDS);
            if (i >= LONE_APPENDS_WARM_UP) {
                latency.recordValue(System.nanoTime() - start);
            }
        }
        return latency;
    }

    /** Acknowledged events of each measured second. */
    private static List<Long> throughput(EventStreamWriter<byte[]> writer) throws InterruptedException {
        byte[] event = new byte[100];
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        AtomicLong acknowledged = new AtomicLong();
        List<Long> perSecond = new ArrayList<>();
        long start = System.nanoTime();
        long counted = 0;
        for (int second = 1; second <= WARM_UP_SECONDS + MEASURED_SECONDS; second++) {
            long end = start + TimeUnit.SECONDS.toNanos(second);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                if (inFlight.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                    var unused = writer.writeEvent("key", event).whenComplete((done, failure) -> {
                        if (failure != null) {
                            failure.printStackTrace();
                            System.exit(1);
                        }
                        acknowledged.incrementAndGet();
                        inFlight.release();
                    });
                }
            }
            long now = acknowledged.get();
            if (second > WARM_UP_SECONDS) {
                perSecond.add(now - counted);
            }
            counted = now;
        }
        return perSecond;
    }

    /** What the disk itself takes for 4 KiB more in a file, synced. */
    private static Histogram fdatasync(Path directory) throws IOException {
        Histogram latency = new Histogram(3);
        Path file = Files.createTempFile(directory, "fdatasync", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 500; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                latency.recordValue(System.nanoTime() - start);
            }
        } finally {
            Files.delete(file);
        }
        return latency;
    }
}
