/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * Bounds of what a partition does with long-term storage at a time. Nobody needs to choose them but tests, which want small
 * ones.
 *
 * @param batchBytes the most that is written at once, unless an extent is larger
 * @param bytesInFlight of all segments together: no flush begins beyond that
 * @param rolloverBytes a chunk ends here, unless its segment says otherwise; at most {@link Extents#MAX_CHUNK_BYTES}
 * @param inFlight segments that are flushed at the same time, at least 1
 * @param openChunks chunks that are open for writing at the same time, at least 1
 * @param idleMillis a chunk that was not written to for so long is sealed
 * @param joinedChunks so many small chunks of a segment, one after the other, are joined into one; at least 2
 */
public record TierLimits(
        int batchBytes,
        long bytesInFlight,
        int rolloverBytes,
        int inFlight,
        int openChunks,
        long idleMillis,
        int joinedChunks) {

    public static final TierLimits DEFAULT = new TierLimits(16 << 20, 48L << 20, 128 << 20, 8, 64, 60_000, 8);

    private static final int JOINED_AT_ONCE = 8;

    public TierLimits {
        if (batchBytes < 1 || bytesInFlight < 1 || idleMillis < 0) {
            throw new IllegalArgumentException("sizes must be at least 1, times at least 0");
        }
        if (joinedChunks < 2) {
            throw new IllegalArgumentException("at least two chunks make a join");
        }
        if (rolloverBytes < 1 || rolloverBytes > Extents.MAX_CHUNK_BYTES || inFlight < 1 || openChunks < 1) {
            throw new IllegalArgumentException("chunks must have 1 to " + Extents.MAX_CHUNK_BYTES
                    + " bytes, and at least one must be allowed to be open and in flight");
        }
    }

    /** Chunks that are joined at once, at most. */
    int joinedChunksAtMost() {
        return JOINED_AT_ONCE * joinedChunks;
    }
}
