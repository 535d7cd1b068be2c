/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

/**
 * How the number of segments of a stream follows its load.
 *
 * @param targetRate KB/s or events/s per segment, above 0; 0 for a fixed number
 * @param scaleFactor pieces that one split makes, at least 2; 0 for a fixed number
 * @param minSegments first number of segments and, for a fixed number, the number wanted; at least 1
 */
public record ScalingPolicy(Type type, int targetRate, int scaleFactor, int minSegments) {

    public enum Type {
        FIXED_NUM_SEGMENTS,
        BY_RATE_IN_KBYTES_PER_SEC,
        BY_RATE_IN_EVENTS_PER_SEC
    }

    /** Most segments that one stream may have at a time. */
    public static final int MAX_SEGMENTS = 10_000;

    public static ScalingPolicy fixed(int segments) {
        return new ScalingPolicy(Type.FIXED_NUM_SEGMENTS, 0, 0, segments);
    }

    public boolean isFixed() {
        return type == Type.FIXED_NUM_SEGMENTS;
    }

    /** Code that segments carry in the store. */
    public int storeType() {
        return switch (type) {
            case FIXED_NUM_SEGMENTS -> 0;
            case BY_RATE_IN_KBYTES_PER_SEC -> 1;
            case BY_RATE_IN_EVENTS_PER_SEC -> 2;
        };
    }

    boolean isValid() {
        boolean rates = isFixed() || (targetRate > 0 && scaleFactor >= 2);
        return rates && minSegments >= 1 && minSegments <= MAX_SEGMENTS;
    }
}
