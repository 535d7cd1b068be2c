/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a partition has read from chunks: blocks of a fixed size, the last of a chunk maybe shorter. When there are no more
 * of them the longest unused one is given up, and its memory used again unless a reply still refers to it: fresh memory
 * comes from the system, which clears it first.
 */
final class BlockCache {
    static final int BLOCK_BYTES = 256 << 10;

    /** What a partition has in any case: enough to read ahead for one reader. */
    static final int OWN_BLOCKS = 8;

    private static final int BLOCK_BITS = Integer.numberOfTrailingZeros(Extents.MAX_CHUNK_BYTES / BLOCK_BYTES);

    /** Of the blocks that a partition has beyond its share, the part that it gives back at a time. */
    private static final int PART_GIVEN_BACK = 8;

    /**
     * A block in memory.
     *
     * @param chunk that it is a part of
     * @param sequential whether it was read for someone who goes on from block to block
     */
    record Block(ByteBuf bytes, Chunk chunk, boolean sequential) {}

    private final MemoryBudget budget;
    private final ByteBufAllocator allocator;
    private final Map<Long, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);

    /** Blocks that were taken from the budget: those above, and those that are being filled. */
    private int held;

    private int refusals;

    BlockCache(MemoryBudget budget, ByteBufAllocator allocator) {
        this.budget = budget;
        this.allocator = allocator;
        this.refusals = budget.refusals();
    }

    static long key(long chunk, int block) {
        return chunk << BLOCK_BITS | block;
    }

    /** Number of the last block of a chunk; 0 if it has none. */
    static int lastBlock(Chunk chunk) {
        return Math.max(0, chunk.length - 1) / BLOCK_BYTES;
    }

    /** Whether a block is here; unlike {@link #get} this is no use of it. */
    boolean has(long key) {
        return blocks.containsKey(key);
    }

    @Nullable
    Block get(long key) {
        return blocks.get(key);
    }

    /** Memory for one more block, to be given to {@link #put} or {@link #giveBack}; null if all are being filled. */
    @Nullable
    ByteBuf take() {
        if (budget.take(held)) {
            held++;
            return allocator.directBuffer(BLOCK_BYTES, BLOCK_BYTES);
        }
        ByteBuf eldest = removeEldest();
        if (eldest == null || eldest.refCnt() == 1) {
            return eldest == null ? null : eldest.clear();
        }
        eldest.release();
        return allocator.directBuffer(BLOCK_BYTES, BLOCK_BYTES);
    }

    /** Keeps a block, in place of an earlier one. */
    void put(long key, Block block) {
        Block former = blocks.put(key, block);
        if (former != null) {
            giveBack(former.bytes);
        }
    }

    void giveBack(ByteBuf block) {
        budget.giveBack(held);
        held--;
        block.release();
    }

    /** Gives some blocks back if others ask for more than there is, and this has more than its share. */
    void tick() {
        int asked = budget.refusals();
        int surplus = asked == refusals ? 0 : held - budget.fairShare();
        refusals = asked;
        for (int left = (surplus + PART_GIVEN_BACK - 1) / PART_GIVEN_BACK; left > 0; left--) {
            ByteBuf eldest = removeEldest();
            if (eldest == null) {
                return;
            }
            giveBack(eldest);
        }
    }

    void release() {
        blocks.values().forEach(block -> giveBack(block.bytes));
        blocks.clear();
    }

    private @Nullable ByteBuf removeEldest() {
        Iterator<Block> eldest = blocks.values().iterator();
        if (!eldest.hasNext()) {
            return null;
        }
        ByteBuf bytes = eldest.next().bytes;
        eldest.remove();
        return bytes;
    }
}
