/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The upper bound of several positions: one that is behind none of them for any routing key. A pure function.
 *
 * <p>Per segment the largest offset counts. A segment that overlaps a later one is left out, since all of it lies before
 * that one; what is then not covered is filled with the beginnings of segments of the newest epoch in sight, which lie
 * after all that was left out there.
 */
final class UpperBound {
    private static final Long NOTHING = -1L;

    private UpperBound() {}

    /**
     * A position of each routing key, once. Segments that are not in the history are passed over; negative offsets, of
     * segments that nothing was written to, count as 0.
     */
    static StreamCut of(EpochGraph graph, Collection<StreamCut> positions) {
        TreeMap<Long, Long> offsets = new TreeMap<>();
        for (StreamCut position : positions) {
            position.offsets().forEach((id, offset) -> {
                if (graph.find(id) != null) {
                    offsets.merge(id, Math.max(0, offset), Math::max);
                }
            });
        }
        KeySpace<Long> latest = paint(graph, offsets);
        offsets.keySet().removeIf(id -> {
            SegmentRange segment = graph.segment(id);
            return latest.values(segment.low(), segment.high()).stream().anyMatch(other -> !other.equals(id));
        });
        Epoch newest = graph.epoch(offsets.isEmpty() ? 0 : EpochGraph.createdIn(offsets.lastKey()));
        boolean more = true;
        while (more) {
            more = fill(newest, graph, offsets);
        }
        return new StreamCut(offsets);
    }

    /** Fills what is not covered; false if nothing was to be filled. Segments that are overlapped then leave new gaps. */
    private static boolean fill(Epoch epoch, EpochGraph graph, NavigableMap<Long, Long> offsets) {
        KeySpace<Long> covered = paint(graph, offsets);
        boolean filled = false;
        for (SegmentRange segment : epoch.segments()) {
            var inside = covered.values(segment.low(), segment.high());
            if (inside.contains(NOTHING)) {
                inside.forEach(offsets::remove);
                offsets.put(segment.id(), 0L);
                filled = true;
            }
        }
        return filled;
    }

    /** Later segments over earlier ones. */
    private static KeySpace<Long> paint(EpochGraph graph, NavigableMap<Long, Long> offsets) {
        KeySpace<Long> space = new KeySpace<>(NOTHING);
        for (long id : offsets.keySet()) {
            SegmentRange segment = graph.segment(id);
            space.paint(segment.low(), segment.high(), id);
        }
        return space;
    }
}
