/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

/**
 * Bounds of one partition.
 *
 * @param maxFramesInFlight frames sent to the log and not yet durable, 1 to 1,024; while fewer are in flight a frame is
 *     sent as soon as the turn that filled it has ended, else it goes on filling
 * @param tailCacheBytes memory for this owner's newest frames, at least two slabs of {@link FrameCache#SLAB_BYTES}
 * @param moreTail slabs for newest frames beyond these, shared by the partitions of a node: one that is written to much
 *     uses what idle ones do not need, so that data is in memory still when it goes to long-term storage
 * @param readCacheBytes memory for older frames that were read back from the log
 * @param checkpointBytes log bytes after which a checkpoint is taken
 * @param checkpointFrames log frames after which a checkpoint is taken
 * @param checkpointRowBytes heap taken by changed rows after which a checkpoint is taken, in bytes
 * @param checkpointMillis time after which a checkpoint is taken of whatever has been logged, at least 1
 * @param soleOwner no other process can take the partition over while this one lives, as if it had a lock on the storage:
 *     then an owner of old does not exist and {@link Turn#replyConfirmed} costs nothing
 */
public record PartitionOptions(
        int maxFramesInFlight,
        long tailCacheBytes,
        MemoryBudget moreTail,
        long readCacheBytes,
        long checkpointBytes,
        long checkpointFrames,
        long checkpointRowBytes,
        long checkpointMillis,
        boolean soleOwner) {

    /** Sizes for a node with a handful of partitions and 1 GiB of direct memory. */
    public static final PartitionOptions DEFAULT = new PartitionOptions(4, 48L << 20, 24L << 20, 128L << 20, 50_000);

    private static final long ROW_BYTES = 24L << 20;

    /** The log is freed two checkpoints after its data has moved on, which writers may be waiting for. */
    private static final long MILLIS = 2 * 60_000L;

    /** Bounds of a partition that another process may take over at any time, with the usual ones for rows and time. */
    public PartitionOptions(
            int maxFramesInFlight,
            long tailCacheBytes,
            long readCacheBytes,
            long checkpointBytes,
            long checkpointFrames) {
        this(
                maxFramesInFlight,
                tailCacheBytes,
                MemoryBudget.NONE,
                readCacheBytes,
                checkpointBytes,
                checkpointFrames,
                ROW_BYTES,
                MILLIS,
                false);
    }

    /** Slabs in so many bytes, to be shared by so many partitions. */
    public static MemoryBudget moreTail(long bytes, int partitions) {
        return new MemoryBudget(0, Math.max(0, bytes) / FrameCache.SLAB_BYTES, partitions);
    }

    public PartitionOptions {
        if (maxFramesInFlight < 1 || maxFramesInFlight > 1024) {
            throw new IllegalArgumentException("maxFramesInFlight is " + maxFramesInFlight + ", must be 1 to 1024");
        }
        if (tailCacheBytes < 2L * FrameCache.SLAB_BYTES) {
            throw new IllegalArgumentException(
                    "tailCacheBytes is " + tailCacheBytes + ", must be at least " + 2L * FrameCache.SLAB_BYTES);
        }
        if (readCacheBytes < 2L * Partition.READ_AHEAD_BYTES
                || checkpointBytes < 1
                || checkpointFrames < 1
                || checkpointRowBytes < 1
                || checkpointMillis < 1) {
            throw new IllegalArgumentException("cache and checkpoint sizes must be positive; readCacheBytes at least "
                    + 2L * Partition.READ_AHEAD_BYTES);
        }
    }
}
