/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Questions about stream cuts. Pure functions of a stream's history. */
final class StreamCuts {

    /** How one cut lies to another. */
    enum Order {
        BEFORE,
        EQUAL_OR_AFTER,
        OVERLAPS
    }

    /**
     * The epochs that a cut touches.
     *
     * @param low smallest of the highest epochs, not above the newest segment's, that contain the segments of the cut
     * @param high largest of them
     */
    record Span(int low, int high) {}

    private StreamCuts() {}

    /** Whether all segments of a cut exist. */
    static boolean isKnown(EpochGraph graph, StreamCut cut) {
        return cut.offsets().keySet().stream().allMatch(id -> graph.find(id) != null);
    }

    /** Whether a cut describes one position for each routing key, and only positions that a reader could be at. */
    static boolean isValid(EpochGraph graph, StreamCut cut) {
        if (cut.isUnbounded() || !isKnown(graph, cut)) {
            return false;
        }
        List<SegmentRange> present = new ArrayList<>();
        List<SegmentRange> future = new ArrayList<>();
        cut.offsets().forEach((id, offset) -> (offset < 0 ? future : present).add(graph.segment(id)));
        for (SegmentRange later : future) {
            for (SegmentRange segment : present) {
                if (segment.overlaps(later) && later.id() <= segment.id()) {
                    return false;
                }
            }
        }
        present.sort(Comparator.comparingDouble(SegmentRange::low));
        List<SegmentRange> gaps = new ArrayList<>();
        double covered = 0;
        for (SegmentRange segment : present) {
            if (segment.low() < covered) {
                return false;
            }
            if (segment.low() > covered) {
                gaps.add(new SegmentRange(-1, covered, segment.low()));
            }
            covered = segment.high();
        }
        if (covered < 1) {
            gaps.add(new SegmentRange(-1, covered, 1));
        }
        for (SegmentRange gap : gaps) {
            if (future.stream().noneMatch(gap::overlaps)) {
                return false;
            }
        }
        return gaps.isEmpty() || gapsAreRead(graph, cut, present, gaps);
    }

    /** Whether all that lies before the future segments in the gaps can have been read to its end. */
    private static boolean gapsAreRead(
            EpochGraph graph, StreamCut cut, List<SegmentRange> present, List<SegmentRange> gaps) {
        int oldest = cut.offsets().keySet().stream()
                .mapToInt(EpochGraph::createdIn)
                .min()
                .orElse(0);
        Deque<SegmentRange> toExamine = new ArrayDeque<>();
        Set<Long> seen = new HashSet<>();
        for (SegmentRange segment : graph.epoch(oldest).segments()) {
            if (gaps.stream().anyMatch(segment::overlaps) && seen.add(segment.id())) {
                toExamine.add(segment);
            }
        }
        while (!toExamine.isEmpty()) {
            SegmentRange segment = toExamine.remove();
            if (cut.offsets().containsKey(segment.id())) {
                continue;
            }
            boolean precedesOne = false;
            for (SegmentRange other : present) {
                if (other.overlaps(segment)) {
                    if (segment.id() >= other.id()) {
                        return false;
                    }
                    precedesOne = true;
                }
            }
            if (precedesOne) {
                for (SegmentRange successor : graph.successors(segment.id())) {
                    if (seen.add(successor.id())) {
                        toExamine.add(successor);
                    }
                }
            }
        }
        return true;
    }

    /** How {@code one} lies to {@code two}, for all keys that both say something about; all segments must be known. */
    static Order compare(EpochGraph graph, StreamCut one, StreamCut two) {
        List<Integer> orders = Position.all(graph, one)
                .with(Position.all(graph, two), StreamCuts::compare)
                .values(0, 1);
        boolean greater = orders.stream().anyMatch(order -> order > 0);
        boolean smaller = orders.stream().anyMatch(order -> order < 0);
        if (greater && smaller) {
            return Order.OVERLAPS;
        }
        return smaller ? Order.BEFORE : Order.EQUAL_OR_AFTER;
    }

    private static int compare(Position one, Position two) {
        return one.equals(Position.UNKNOWN) || two.equals(Position.UNKNOWN) ? 0 : one.compareTo(two);
    }

    /** The epochs that a cut touches which is neither unbounded nor unknown. */
    static Span span(EpochGraph graph, StreamCut cut) {
        int newest = 0;
        for (long id : cut.offsets().keySet()) {
            newest = Math.max(newest, EpochGraph.createdIn(id));
        }
        int low = Integer.MAX_VALUE;
        int high = 0;
        for (long id : cut.offsets().keySet()) {
            int epoch = Math.min(newest, graph.sealedIn(id) - 1);
            low = Math.min(low, epoch);
            high = Math.max(high, epoch);
        }
        return new Span(low, high);
    }

    /** The cut at the very beginning. */
    static StreamCut beginning(EpochGraph graph) {
        return cutOf(graph.epoch(0), 0);
    }

    /** All segments of an epoch at one offset. */
    static StreamCut cutOf(Epoch epoch, long offset) {
        TreeMap<Long, Long> offsets = new TreeMap<>();
        epoch.segments().forEach(s -> offsets.put(s.id(), offset));
        return new StreamCut(offsets);
    }

    /**
     * Segments that a reader touches on its way from one cut to another, sorted by id. The second must lie nowhere before
     * the first.
     */
    static List<SegmentRange> segmentsBetween(EpochGraph graph, StreamCut from, StreamCut to) {
        KeySpace<Position> start = Position.all(graph, from);
        KeySpace<Position> end = Position.all(graph, to);
        List<SegmentRange> between = new ArrayList<>();
        for (SegmentRange s :
                graph.segmentsOf(span(graph, from).low(), span(graph, to).high())) {
            // Not read to its end at the start, and at the end reached by all that comes before it.
            if (start.values(s.low(), s.high()).stream().anyMatch(p -> p.segment() <= s.id())
                    && end.values(s.low(), s.high()).stream()
                            .allMatch(p -> p.segment() >= s.id() || p.equals(Position.UNKNOWN))) {
                between.add(s);
            }
        }
        return between;
    }

    /**
     * Bytes between two cuts.
     *
     * @param sealedSizes final lengths as far as they are known
     */
    static long size(EpochGraph graph, Map<Long, Long> sealedSizes, StreamCut from, StreamCut to) {
        long size = 0;
        for (SegmentRange segment : segmentsBetween(graph, from, to)) {
            long length = sealedSizes.getOrDefault(segment.id(), 0L);
            long start = Math.max(0, from.offsets().getOrDefault(segment.id(), 0L));
            Long end = to.offsets().get(segment.id());
            size += Math.max(0, (end == null ? length : Math.max(0, end)) - start);
        }
        return size;
    }
}
