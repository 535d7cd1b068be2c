/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Random histories of streams, and readers that find their way through them. */
final class Histories {
    private final Random random;
    final EpochGraph graph = new EpochGraph();

    Histories(long seed) {
        random = new Random(seed);
        int first = 1 + random.nextInt(4);
        List<SegmentRange> segments = new ArrayList<>();
        for (SegmentRange range : Transition.equalRanges(first)) {
            segments.add(new SegmentRange(SegmentName.id(0, segments.size()), range.low(), range.high()));
        }
        graph.add(new Epoch(0, 0, 1, segments));
        for (int epochs = random.nextInt(8); epochs > 0; epochs--) {
            if (random.nextInt(5) == 0) {
                roll();
            } else {
                scale();
            }
        }
    }

    /** Replaces some neighbours by as many segments as chance will have it. */
    private void scale() {
        List<SegmentRange> now = graph.last().segments();
        int from = random.nextInt(now.size());
        int to = Math.min(now.size(), from + 1 + random.nextInt(3));
        Set<Long> sealed = new HashSet<>();
        now.subList(from, to).forEach(s -> sealed.add(s.id()));
        double low = now.get(from).low();
        double high = now.get(to - 1).high();
        int pieces = 1 + random.nextInt(3);
        List<SegmentRange> ranges = new ArrayList<>();
        for (int i = 0; i < pieces; i++) {
            double start = low + (high - low) * i / pieces;
            double end = i == pieces - 1 ? high : low + (high - low) * (i + 1) / pieces;
            ranges.add(new SegmentRange(-1, start, end));
        }
        graph.add(Transition.of(graph.last(), sealed, ranges)
                .apply(graph.last(), graph.last().createdMillis()));
    }

    /** What a commit of a transaction of an older epoch makes. */
    private void roll() {
        Epoch active = graph.last();
        Epoch old = graph.epoch(random.nextInt(graph.size()));
        int next = active.number() + 1;
        graph.add(new Epoch(next, old.reference(), active.createdMillis() + 1, StreamQueries.withEpoch(old, next)));
        graph.add(new Epoch(
                next + 1, active.reference(), active.createdMillis() + 2, StreamQueries.withEpoch(active, next + 1)));
    }

    /** Where a group of readers is after so many steps, each of them an event read or a segment finished. */
    StreamCut readUpTo(int steps) {
        List<StreamCut> walk = walk(steps + 1);
        return walk.get(steps);
    }

    /** The first so many places on the way of a group of readers. */
    List<StreamCut> walk(int places) {
        List<StreamCut> walk = new ArrayList<>();
        TreeMap<Long, Long> reading = new TreeMap<>();
        Set<Long> done = new HashSet<>();
        graph.epoch(0).segments().forEach(s -> reading.put(s.id(), 0L));
        Set<Long> future = new HashSet<>();
        while (walk.size() < places) {
            TreeMap<Long, Long> all = new TreeMap<>(reading);
            future.forEach(id -> all.put(id, -1L));
            walk.add(new StreamCut(all));
            List<Long> ids = new ArrayList<>(reading.keySet());
            long id = ids.get(random.nextInt(ids.size()));
            List<SegmentRange> successors = graph.successors(id);
            if (successors.isEmpty() || random.nextInt(3) > 0) {
                reading.merge(id, 1L + random.nextInt(9), Long::sum);
                continue;
            }
            reading.remove(id);
            done.add(id);
            for (SegmentRange successor : successors) {
                boolean open = graph.predecessors(successor).stream().allMatch(p -> done.contains(p.id()));
                if (open) {
                    future.remove(successor.id());
                    reading.put(successor.id(), 0L);
                } else {
                    future.add(successor.id());
                }
            }
        }
        return walk;
    }

    /** What a writer knows: some segments of an epoch. */
    StreamCut written() {
        Map<Long, Long> offsets = new TreeMap<>();
        for (SegmentRange segment : graph.epoch(random.nextInt(graph.size())).segments()) {
            if (random.nextInt(4) > 0) {
                offsets.put(segment.id(), (long) random.nextInt(100) - 1);
            }
        }
        return StreamCut.of(offsets);
    }

    /** Lengths of all segments but those of the last epoch, longer than any position in them. */
    SortedMap<Long, Long> sealedSizes() {
        SortedMap<Long, Long> sizes = new TreeMap<>();
        for (SegmentRange segment : graph.segmentsOf(0, graph.size() - 1)) {
            if (!graph.last().contains(segment.id())) {
                sizes.put(segment.id(), 1_000L);
            }
        }
        return sizes;
    }

    /** Points such that all segments are made of what lies between neighbours. */
    List<Double> points() {
        Set<Double> bounds = new java.util.TreeSet<>();
        for (SegmentRange segment : graph.segmentsOf(0, graph.size() - 1)) {
            bounds.add(segment.low());
        }
        return List.copyOf(bounds);
    }

    /** The entry of the largest id (or, of segments that are not reached, the smallest) that covers a point. */
    Map.@Nullable Entry<Long, Long> at(StreamCut cut, double point) {
        Map.Entry<Long, Long> future = null;
        for (Map.Entry<Long, Long> entry : cut.offsets().entrySet()) {
            SegmentRange segment = graph.segment(entry.getKey());
            if (segment.low() <= point && point < segment.high()) {
                if (entry.getValue() >= 0) {
                    return entry;
                }
                future = future == null ? entry : future;
            }
        }
        return future;
    }
}
