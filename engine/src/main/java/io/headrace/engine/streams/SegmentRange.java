/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * A segment and the part of the key space that it serves.
 *
 * @param id creation epoch in the upper, segment number in the lower half
 * @param low inclusive
 * @param high exclusive; 1.0 closes the space
 */
public record SegmentRange(long id, double low, double high) {

    /** Whether the two have more in common than an end. */
    public boolean overlaps(SegmentRange other) {
        return low < other.high && other.low < high;
    }
}
