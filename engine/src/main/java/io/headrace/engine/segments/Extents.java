/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Frame;
import java.util.Arrays;

/**
 * Where the data of one segment stands: a sorted list of (offset in the segment, frame, position in the frame). An extent
 * reaches to the start of the next one, the last one to the end of the segment. 16 bytes per extent, in one array.
 */
final class Extents {
    private static final int POSITION_BITS = Integer.numberOfTrailingZeros(Frame.MAX_BYTES);
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;
    private static final int SMALLEST = 2;

    /** Per extent: offset in the segment, then frame and position packed. */
    private long[] packed = new long[2 * SMALLEST];

    private int first;
    private int count;

    int count() {
        return count;
    }

    long offset(int index) {
        return packed[2 * (first + index)];
    }

    long frame(int index) {
        return packed[2 * (first + index) + 1] >>> POSITION_BITS;
    }

    int position(int index) {
        return (int) (packed[2 * (first + index) + 1] & POSITION_MASK);
    }

    /** Offset right after the extent, in a segment of the given length. */
    long end(int index, long segmentLength) {
        return index + 1 < count ? offset(index + 1) : segmentLength;
    }

    /** Index of the extent that holds {@code offset}, which must be within the data. */
    int indexOf(long offset) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (offset(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    void add(long offset, long frame, int position) {
        makeRoom(1);
        int at = 2 * (first + count);
        packed[at] = offset;
        packed[at + 1] = frame << POSITION_BITS | position;
        count++;
    }

    /** Adds all extents of another segment, whose offset 0 becomes {@code base} here. */
    void addAll(Extents other, long base) {
        makeRoom(other.count);
        int at = 2 * (first + count);
        System.arraycopy(other.packed, 2 * other.first, packed, at, 2 * other.count);
        for (int i = 0; i < other.count; i++) {
            packed[at + 2 * i] += base;
        }
        count += other.count;
    }

    /** Drops the extents that end at or below {@code offset}; the one that holds it stays whole. */
    void dropBelow(long offset, long segmentLength, FrameUse use) {
        while (count > 0 && end(0, segmentLength) <= offset) {
            use.remove(frame(0));
            first++;
            count--;
        }
        int capacity = packed.length / 2;
        if (capacity > 4 * SMALLEST && count < capacity / 4) {
            int kept = Math.max(SMALLEST, count + count / 2);
            long[] smaller = new long[2 * kept];
            System.arraycopy(packed, 2 * first, smaller, 0, 2 * count);
            packed = smaller;
            first = 0;
        }
    }

    private void makeRoom(int more) {
        int capacity = packed.length / 2;
        int needed = Math.addExact(count, more);
        if (first + needed <= capacity) {
            return;
        }
        if (needed <= capacity - capacity / 4) {
            System.arraycopy(packed, 2 * first, packed, 0, 2 * count);
        } else {
            int grown = Math.max(needed, capacity + capacity / 2);
            long[] larger = first == 0 ? Arrays.copyOf(packed, Math.multiplyExact(2, grown)) : new long[2 * grown];
            if (first != 0) {
                System.arraycopy(packed, 2 * first, larger, 0, 2 * count);
            }
            packed = larger;
        }
        first = 0;
    }
}
