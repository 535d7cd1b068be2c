/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * How much heap the segments of one partition may take, in bytes.
 *
 * @param idle segments that nothing needs stay in memory up to this; beyond it they are rows
 * @param tied up to this, connections may bind writers and let reads wait: each such segment stays in memory
 */
public record SegmentMemory(long idle, long tied) {
    /** About 32,768 segments, and 53,000 with a writer each, or one segment with 260,000 of them. */
    public static final SegmentMemory DEFAULT = new SegmentMemory(32L << 20, 64L << 20);

    public SegmentMemory {
        if (idle < 1 || tied < 1) {
            throw new IllegalArgumentException("memory for segments must be at least 1, not " + idle + " and " + tied);
        }
    }

    /** A part of what one of some partitions may take of a heap: an eighth of it for all of them, and a quarter. */
    public static SegmentMemory share(long heapBytes, int partitions) {
        return new SegmentMemory(Math.max(1, heapBytes / 8 / partitions), Math.max(1, heapBytes / 4 / partitions));
    }

    /** Memory for so many idle segments of the usual size, for tests. */
    public static SegmentMemory ofIdle(int segments) {
        return new SegmentMemory(segments * HotSegments.SEGMENT_BYTES, DEFAULT.tied);
    }
}
