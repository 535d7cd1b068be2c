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
import java.util.SortedMap;
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

    /** How {@code one} lies to {@code two}; all segments must be known. */
    static Order compare(EpochGraph graph, StreamCut one, StreamCut two) {
        boolean greater = false;
        boolean smaller = false;
        for (Map.Entry<Long, Long> a : one.offsets().entrySet()) {
            SegmentRange segment = graph.segment(a.getKey());
            for (Map.Entry<Long, Long> b : two.offsets().entrySet()) {
                int order = 0;
                if (a.getKey().equals(b.getKey())) {
                    order = Long.compare(a.getValue(), b.getValue());
                } else if (segment.overlaps(graph.segment(b.getKey()))) {
                    order = Long.compare(a.getKey(), b.getKey());
                }
                greater |= order > 0;
                smaller |= order < 0;
            }
        }
        if (greater && smaller) {
            return Order.OVERLAPS;
        }
        return smaller ? Order.BEFORE : Order.EQUAL_OR_AFTER;
    }

    /** The epochs of the segments of a cut that is neither unbounded nor unknown. */
    static SortedMap<Long, Integer> epochsOf(EpochGraph graph, StreamCut cut) {
        int newest = cut.offsets().keySet().stream()
                .mapToInt(EpochGraph::createdIn)
                .max()
                .orElse(0);
        SortedMap<Long, Integer> epochs = new TreeMap<>();
        for (long id : cut.offsets().keySet()) {
            epochs.put(id, Math.min(newest, graph.sealedIn(id) - 1));
        }
        return epochs;
    }

    static Span span(EpochGraph graph, StreamCut cut) {
        SortedMap<Long, Integer> epochs = epochsOf(graph, cut);
        int low = epochs.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        int high = epochs.values().stream().mapToInt(Integer::intValue).max().orElse(0);
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

    /** Whether the segments between two cuts can be told: {@code to} must not lie before {@code from} anywhere. */
    static boolean isOrdered(EpochGraph graph, StreamCut from, StreamCut to) {
        Map<Long, Integer> fromEpochs = epochsOf(graph, from);
        Map<Long, Integer> toEpochs = epochsOf(graph, to);
        for (Map.Entry<Long, Long> t : to.offsets().entrySet()) {
            SegmentRange segment = graph.segment(t.getKey());
            for (Map.Entry<Long, Long> f : from.offsets().entrySet()) {
                if (t.getKey().equals(f.getKey())) {
                    if (t.getValue() < f.getValue()) {
                        return false;
                    }
                } else if (segment.overlaps(graph.segment(f.getKey()))
                        && toEpochs.getOrDefault(t.getKey(), 0) < fromEpochs.getOrDefault(f.getKey(), 0)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Segments that a reader touches on its way from one cut to another, sorted by id; see {@link #isOrdered}. */
    static List<SegmentRange> segmentsBetween(EpochGraph graph, StreamCut from, StreamCut to) {
        Span start = span(graph, from);
        Span end = span(graph, to);
        List<SegmentRange> fromSegments = segmentsOf(graph, from);
        List<SegmentRange> toSegments = segmentsOf(graph, to);
        List<SegmentRange> between = new ArrayList<>();
        for (SegmentRange segment : graph.segmentsOf(start.low(), end.high())) {
            int first = Math.max(EpochGraph.createdIn(segment.id()), start.high());
            int last = Math.min(graph.sealedIn(segment.id()) - 1, end.low());
            boolean inMiddle = first <= last;
            if (inMiddle
                    || (fromSegments.stream().allMatch(f -> !f.overlaps(segment) || f.id() <= segment.id())
                            && toSegments.stream().allMatch(t -> !t.overlaps(segment) || t.id() >= segment.id()))) {
                between.add(segment);
            }
        }
        return between;
    }

    private static List<SegmentRange> segmentsOf(EpochGraph graph, StreamCut cut) {
        return cut.offsets().keySet().stream().map(graph::segment).toList();
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
