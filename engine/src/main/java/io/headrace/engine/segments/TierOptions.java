/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * How a partition moves its data to long-term storage.
 *
 * @param flushBytes a segment is flushed when this much of it is in the log only
 * @param flushMillis or when its oldest data has been for so long
 * @param lateMillis the same, of segments that will most likely be merged or deleted before: those of transactions and
 *     transient ones. They are flushed by age only
 * @param batchBytes the most that is written at once, unless an extent is larger
 * @param rolloverBytes a chunk ends here, unless its segment says otherwise; at most {@link Extents#MAX_CHUNK_BYTES}
 * @param inFlight segments that are flushed at the same time, at least 1
 * @param openChunks chunks that are open for writing at the same time, at least 1
 * @param idleMillis a chunk that was not written to for so long is sealed
 * @param pressureBytes from here on, data in the log only is flushed whatever its age
 * @param blockCacheBytes memory for what is read from chunks
 * @param joinedChunks so many small chunks of a segment, one after the other, are joined into one; at least 2
 * @param joinedChunksAtMost so many are joined at once
 */
public record TierOptions(
        int flushBytes,
        long flushMillis,
        long lateMillis,
        int batchBytes,
        int rolloverBytes,
        int inFlight,
        int openChunks,
        long idleMillis,
        long pressureBytes,
        long blockCacheBytes,
        int joinedChunks,
        int joinedChunksAtMost) {

    public static final TierOptions DEFAULT =
            new TierOptions(4 << 20, 10_000, 120_000, 4 << 20, 128 << 20, 8, 64, 60_000, 512L << 20, 16L << 20, 8, 64);

    public TierOptions {
        if (flushBytes < 1 || flushMillis < 0 || lateMillis < flushMillis || batchBytes < 1 || idleMillis < 0) {
            throw new IllegalArgumentException("sizes must be at least 1, times at least 0 and the late one later");
        }
        if (joinedChunks < 2 || joinedChunksAtMost < joinedChunks) {
            throw new IllegalArgumentException("at least two chunks make a join");
        }
        if (rolloverBytes < 1 || rolloverBytes > Extents.MAX_CHUNK_BYTES || inFlight < 1 || openChunks < 1) {
            throw new IllegalArgumentException("chunks must have 1 to " + Extents.MAX_CHUNK_BYTES
                    + " bytes, and at least one" + " must be allowed to be open and in flight");
        }
    }

    public TierOptions withBlockCacheBytes(long bytes) {
        return new TierOptions(
                flushBytes,
                flushMillis,
                lateMillis,
                batchBytes,
                rolloverBytes,
                inFlight,
                openChunks,
                idleMillis,
                pressureBytes,
                bytes,
                joinedChunks,
                joinedChunksAtMost);
    }

    public TierOptions withPressureBytes(long bytes) {
        return new TierOptions(
                flushBytes,
                flushMillis,
                lateMillis,
                batchBytes,
                rolloverBytes,
                inFlight,
                openChunks,
                idleMillis,
                bytes,
                blockCacheBytes,
                joinedChunks,
                joinedChunksAtMost);
    }

    /** Flushes, and writes at once, so many bytes. */
    public TierOptions withFlushBytes(int bytes) {
        return new TierOptions(
                bytes,
                flushMillis,
                lateMillis,
                bytes,
                rolloverBytes,
                inFlight,
                openChunks,
                idleMillis,
                pressureBytes,
                blockCacheBytes,
                joinedChunks,
                joinedChunksAtMost);
    }

    /** Flushes by age after this many milliseconds, of transactions twelve times as long. */
    public TierOptions withFlushMillis(long millis) {
        return new TierOptions(
                flushBytes,
                millis,
                12 * millis,
                batchBytes,
                rolloverBytes,
                inFlight,
                openChunks,
                idleMillis,
                pressureBytes,
                blockCacheBytes,
                joinedChunks,
                joinedChunksAtMost);
    }
}
