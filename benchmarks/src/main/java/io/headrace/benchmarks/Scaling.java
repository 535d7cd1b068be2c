/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.security.auth.DelegationTokenProviderFactory;
import io.pravega.client.segment.impl.Segment;
import io.pravega.client.segment.impl.SegmentMetadataClient;
import io.pravega.client.segment.impl.SegmentMetadataClientFactory;
import io.pravega.client.segment.impl.SegmentMetadataClientFactoryImpl;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A stream is split in two and merged again, some times over, while a writer writes a thousand events a second to it. */
final class Scaling {
    private static final int SCALES = 10;
    private static final long PAUSE_MILLIS = 300;
    private static final long POLL_MILLIS = 1;
    private static final String STREAM = "scaled";
    private static final Map<Double, Double> ONE = Map.of(0.0, 1.0);
    private static final Map<Double, Double> TWO = Map.of(0.0, 0.5, 0.5, 1.0);

    private final Client client;
    private final SegmentMetadataClientFactory segments;
    private final Histogram untilSegments = new Histogram(3);
    private final Histogram untilWriter = new Histogram(3);

    private Scaling(Client client) {
        this.client = client;
        this.segments = new SegmentMetadataClientFactoryImpl(client.controller, client.connections);
    }

    static void measure(Client client, Results results) throws Exception {
        client.createStream(STREAM, 1);
        Scaling scaling = new Scaling(client);
        RunningWriter writer = new RunningWriter(client.writer(STREAM));
        try {
            scaling.awaitData(scaling.current(), System.nanoTime());
            writer.restartClock();
            for (int i = 0; i < SCALES; i++) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                scaling.scale(i % 2 == 0 ? TWO : ONE);
            }
        } finally {
            writer.end();
        }
        results.addMillis(Metric.SCALE_SEGMENTS_P50, scaling.untilSegments, 50);
        results.addMillis(Metric.SCALE_SEGMENTS_MAX, scaling.untilSegments, 100);
        results.addMillis(Metric.SCALE_WRITER_P50, scaling.untilWriter, 50);
        results.addMillis(Metric.SCALE_WRITER_MAX, scaling.untilWriter, 100);
        results.add(Metric.SCALE_STALL_MAX, writer.longestWaitNanos.get() / 1e6);
    }

    private void scale(Map<Double, Double> ranges) throws Exception {
        Set<Segment> before = current();
        List<Long> ids = before.stream().map(Segment::getSegmentId).toList();
        long start = System.nanoTime();
        var started = client.controller.startScale(Stream.of(client.scope, STREAM), ids, ranges);
        if (!started.get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the scale was refused");
        }
        Set<Segment> after = current();
        while (after.equals(before)) {
            rest(start);
            after = current();
        }
        untilSegments.recordValue(System.nanoTime() - start);
        awaitData(after, start);
        untilWriter.recordValue(System.nanoTime() - start);
    }

    private Set<Segment> current() throws Exception {
        return new HashSet<>(client.controller
                .getCurrentSegments(client.scope, STREAM)
                .get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .getSegments());
    }

    /** Waits until one of the segments has data. */
    private void awaitData(Set<Segment> open, long start) throws Exception {
        List<SegmentMetadataClient> clients = new ArrayList<>();
        try {
            for (Segment segment : open) {
                clients.add(segments.createSegmentMetadataClient(
                        segment, DelegationTokenProviderFactory.createWithEmptyToken()));
            }
            while (!hasData(clients)) {
                rest(start);
            }
        } finally {
            clients.forEach(SegmentMetadataClient::close);
        }
    }

    private static boolean hasData(List<SegmentMetadataClient> segments) throws Exception {
        for (SegmentMetadataClient segment : segments) {
            if (segment.fetchCurrentSegmentLength().get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS) > 0) {
                return true;
            }
        }
        return false;
    }

    /** A moment's rest between two questions, unless they have gone on for too long. */
    private static void rest(long start) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(Client.TIMEOUT_SECONDS)) {
            throw new IllegalStateException("no end of a scale after " + Client.TIMEOUT_SECONDS + " s");
        }
    }

    /** Writes an event of 100 B each millisecond to random keys, whether the ones before are acknowledged or not. */
    private static final class RunningWriter {
        private final EventStreamWriter<byte[]> writer;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicLong longestWaitNanos = new AtomicLong();
        private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        private final Thread thread = new Thread(this::run, "running-writer");

        RunningWriter(EventStreamWriter<byte[]> writer) {
            this.writer = writer;
            thread.start();
        }

        private void run() {
            Random keys = new Random(1);
            byte[] event = new byte[100];
            while (!ended.get()) {
                long start = System.nanoTime();
                var unused = writer.writeEvent(Integer.toString(keys.nextInt()), event)
                        .whenComplete((done, failure) -> {
                            longestWaitNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                            if (failure != null) {
                                failed.compareAndSet(null, failure);
                            }
                        });
                try {
                    TimeUnit.MILLISECONDS.sleep(1);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        void restartClock() {
            longestWaitNanos.set(0);
        }

        /** Waits until all events are acknowledged. */
        void end() throws Exception {
            ended.set(true);
            thread.join(TimeUnit.SECONDS.toMillis(Client.TIMEOUT_SECONDS));
            writer.close();
            Throwable failure = failed.get();
            if (failure != null) {
                throw new IllegalStateException("an event was not written", failure);
            }
        }
    }
}
