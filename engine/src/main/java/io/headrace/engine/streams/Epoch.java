/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments that together served a stream's whole key space for some time.
 *
 * @param number consecutive from 0
 * @param reference the epoch whose segments it duplicates; its own number if none
 * @param createdMillis above that of the epoch before
 * @param segments sorted by key; they cover [0, 1) without overlap
 */
record Epoch(int number, int reference, long createdMillis, List<SegmentRange> segments) {

    Epoch {
        segments = segments.stream()
                .sorted(Comparator.comparingDouble(SegmentRange::low))
                .toList();
    }

    boolean contains(long segmentId) {
        return find(segmentId) != null;
    }

    @Nullable
    SegmentRange find(long segmentId) {
        for (SegmentRange segment : segments) {
            if (segment.id() == segmentId) {
                return segment;
            }
        }
        return null;
    }
}
