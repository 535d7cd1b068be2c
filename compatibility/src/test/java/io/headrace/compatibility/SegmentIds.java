/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.impl.StreamCutImpl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Segment ids are an epoch in the high and a number in the low 32 bits; scaling by hand; cuts by hand. */
final class SegmentIds {
    private SegmentIds() {}

    static long id(int number, int epoch) {
        return ((long) epoch << 32) | number;
    }

    static Set<Long> current(Client client, String stream) {
        Set<Long> ids = new TreeSet<>();
        for (Segment segment : client.controller()
                .getCurrentSegments(client.scope(), stream)
                .join()
                .getSegments()) {
            ids.add(segment.getSegmentId());
        }
        return ids;
    }

    /** Ids of the segments that follow one. */
    static Set<Long> successors(Client client, String stream, long id) {
        Set<Long> ids = new TreeSet<>();
        client.controller()
                .getSuccessors(new Segment(client.scope(), stream, id))
                .join()
                .getSegmentToPredecessor()
                .keySet()
                .forEach(successor -> ids.add(successor.getSegment().getSegmentId()));
        return ids;
    }

    /** Replaces segments and waits until the new ones are in place. */
    static boolean scale(Client client, String stream, List<Long> sealed, double... bounds) {
        try {
            return client.controller()
                    .scaleStream(client.named(stream), sealed, ranges(bounds), client.executor())
                    .getFuture()
                    .get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #scale}, without the second that the client waits before it looks whether the new ones are in place. */
    static void scaleQuickly(Client client, String stream, List<Long> sealed, Set<Long> expected, double... bounds) {
        assertThat(startScale(client, stream, sealed, bounds).join()).isTrue();
        awaitCurrent(client, stream, expected);
    }

    /** Asks for a scaling; completes when it is decided. */
    static CompletableFuture<Boolean> startScale(Client client, String stream, List<Long> sealed, double... bounds) {
        return client.controller().startScale(client.named(stream), sealed, ranges(bounds));
    }

    /** Waits until a scaling that was asked for is complete. */
    static void awaitCurrent(Client client, String stream, Set<Long> expected) {
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        while (!current(client, stream).equals(expected)) {
            assertThat(System.nanoTime())
                    .as("%s, not %s", current(client, stream), expected)
                    .isLessThan(deadline);
        }
    }

    private static Map<Double, Double> ranges(double... bounds) {
        Map<Double, Double> ranges = new TreeMap<>();
        for (int i = 0; i + 1 < bounds.length; i++) {
            ranges.put(bounds[i], bounds[i + 1]);
        }
        return ranges;
    }

    /** A cut with an offset for each segment id. */
    static StreamCut cut(Client client, String stream, Map<Long, Long> offsets) {
        Stream named = client.named(stream);
        Map<Segment, Long> positions = new HashMap<>();
        offsets.forEach((id, offset) -> positions.put(new Segment(client.scope(), stream, id), offset));
        assertThat(positions).isNotEmpty();
        return new StreamCutImpl(named, positions);
    }
}
