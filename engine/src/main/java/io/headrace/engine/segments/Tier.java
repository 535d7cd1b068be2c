/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.MemoryBudget;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkStorage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Long-term storage as a {@code segments} partition is given it.
 *
 * @param partition name of the partition: chunks are in a directory that is called after it
 * @param storage shared with other partitions; null if data is to stay in the log, which it does unless some has left it
 * @param loop the partition's own: answers of the storage come back there
 * @param self submits a command to the very partition that this is for, in a turn of its own and without a reply
 * @param blocks memory for what is read from chunks, shared with other partitions
 * @param status is told several times a second how things stand, on the loop
 */
public record Tier(
        String partition,
        @Nullable ChunkStorage storage,
        CallbackExecutor loop,
        Consumer<SegmentCommand> self,
        TierOptions options,
        MemoryBudget blocks,
        Consumer<TierStatus> status) {

    /** So many bytes for what so many partitions read from chunks; each of them can at least read ahead for one reader. */
    public static MemoryBudget blocks(long bytes, int partitions) {
        return new MemoryBudget(BlockCache.OWN_BLOCKS, bytes / BlockCache.BLOCK_BYTES, partitions);
    }
}
