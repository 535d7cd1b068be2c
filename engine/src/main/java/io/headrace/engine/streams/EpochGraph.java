/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream's history: which segments followed which. Grows by one epoch at a time and forgets nothing as long as the
 * stream exists, so that readers find their way out of segments that were deleted long ago.
 *
 * <p>No edges are stored: the successors of a segment are the overlapping ones of the first epoch without it, its
 * predecessors those of the last epoch before its creation.
 */
final class EpochGraph {
    private final List<Epoch> epochs = new ArrayList<>();
    private final Map<Long, SegmentRange> segments = new HashMap<>();
    private final Map<Long, Integer> sealedIn = new HashMap<>();
    private int highestNumber = -1;

    void add(Epoch epoch) {
        if (epoch.number() != epochs.size()) {
            throw new IllegalStateException("epoch " + epoch.number() + " does not follow " + (epochs.size() - 1));
        }
        List<SegmentRange> shared = new ArrayList<>(epoch.segments().size());
        Set<Long> ids = new HashSet<>();
        for (SegmentRange segment : epoch.segments()) {
            SegmentRange known = segments.putIfAbsent(segment.id(), segment);
            shared.add(known == null ? segment : known);
            ids.add(segment.id());
            highestNumber = Math.max(highestNumber, SegmentName.numberOf(segment.id()));
        }
        if (!epochs.isEmpty()) {
            for (SegmentRange segment : last().segments()) {
                if (!ids.contains(segment.id())) {
                    sealedIn.put(segment.id(), epoch.number());
                }
            }
        }
        epochs.add(new Epoch(epoch.number(), epoch.reference(), epoch.createdMillis(), shared));
    }

    /** Number of epochs, also those that are stored but not current yet. */
    int size() {
        return epochs.size();
    }

    Epoch epoch(int number) {
        return epochs.get(number);
    }

    boolean hasEpoch(int number) {
        return number >= 0 && number < epochs.size();
    }

    Epoch last() {
        return epochs.get(epochs.size() - 1);
    }

    Iterable<Epoch> epochs() {
        return epochs;
    }

    /** Highest segment number ever used. */
    int highestNumber() {
        return highestNumber;
    }

    @Nullable
    SegmentRange find(long segmentId) {
        return segments.get(segmentId);
    }

    /** The segment of an id that is known to exist. */
    SegmentRange segment(long segmentId) {
        SegmentRange segment = segments.get(segmentId);
        if (segment == null) {
            throw new IllegalArgumentException("no segment " + segmentId);
        }
        return segment;
    }

    /** First epoch without the segment, or {@link Integer#MAX_VALUE} if there is none. */
    int sealedIn(long segmentId) {
        return sealedIn.getOrDefault(segmentId, Integer.MAX_VALUE);
    }

    /** First epoch with the segment. */
    static int createdIn(long segmentId) {
        return SegmentName.epochOf(segmentId);
    }

    /** Empty if the segment has none, or never existed. */
    List<SegmentRange> successors(long segmentId) {
        Integer sealed = sealedIn.get(segmentId);
        return sealed == null ? List.of() : overlapping(epochs.get(sealed), segment(segmentId));
    }

    /** Empty for segments of epoch 0. */
    List<SegmentRange> predecessors(SegmentRange segment) {
        int created = createdIn(segment.id());
        return created == 0 ? List.of() : overlapping(epochs.get(created - 1), segment);
    }

    /** All segments of all epochs from one to another, each once, sorted by id. */
    List<SegmentRange> segmentsOf(int fromEpoch, int toEpoch) {
        Map<Long, SegmentRange> found = new HashMap<>();
        for (int e = fromEpoch; e <= toEpoch; e++) {
            epochs.get(e).segments().forEach(s -> found.put(s.id(), s));
        }
        return found.values().stream()
                .sorted(Comparator.comparingLong(SegmentRange::id))
                .toList();
    }

    static List<SegmentRange> overlapping(Epoch epoch, SegmentRange range) {
        return epoch.segments().stream().filter(range::overlaps).toList();
    }
}
