/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * When a partition moves its data to long-term storage.
 *
 * @param flushBytes a segment is flushed when this much of it is in the log only
 * @param flushMillis or when its oldest data has been for so long
 * @param pressureBytes from here on, data in the log only is flushed whatever its age; each piece counts 256 bytes more
 */
public record TierOptions(int flushBytes, long flushMillis, long pressureBytes, TierLimits limits) {
    /** Segments that will most likely be merged or deleted before: those of transactions, and transient ones. */
    private static final int LATE_FACTOR = 12;

    public TierOptions {
        if (flushBytes < 1 || flushMillis < 0 || pressureBytes < 0) {
            throw new IllegalArgumentException("bytes to flush must be at least 1, times and pressure at least 0");
        }
    }

    /** {@code flushMillis} of segments that most likely end before; those are flushed by age only. */
    long lateMillis() {
        return LATE_FACTOR * flushMillis;
    }
}
