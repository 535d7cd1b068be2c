/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was read from chunks: blocks of a fixed size, the last of a chunk maybe shorter, the longest unused ones given up
 * when there are too many. What is read from here is copied, so no reader keeps a block longer than it is here.
 */
final class BlockCache {
    static final int BLOCK_BYTES = 256 << 10;
    private static final int BLOCK_BITS = Integer.numberOfTrailingZeros(Extents.MAX_CHUNK_BYTES / BLOCK_BYTES);

    /**
     * A block in memory.
     *
     * @param sequential whether it was read for someone who goes on from block to block
     */
    record Block(ByteBuf bytes, boolean sequential) {}

    private final long maxBytes;
    private final Map<Long, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    BlockCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    static long key(long chunk, int block) {
        return chunk << BLOCK_BITS | block;
    }

    /** Number of the last block of a chunk; 0 if it has none. */
    static int lastBlock(@Nullable Chunk chunk) {
        return chunk == null ? 0 : Math.max(0, chunk.length - 1) / BLOCK_BYTES;
    }

    /** Whether a block is here; unlike {@link #get} this is no use of it. */
    boolean has(long key) {
        return blocks.containsKey(key);
    }

    @Nullable
    Block get(long key) {
        return blocks.get(key);
    }

    /** Keeps a block, in place of an earlier one; ownership of its bytes passes to the cache. */
    void put(long key, Block block) {
        Block former = blocks.put(key, block);
        bytes += block.bytes.readableBytes();
        if (former != null) {
            bytes -= former.bytes.readableBytes();
            former.bytes.release();
        }
        Iterator<Block> eldest = blocks.values().iterator();
        while (bytes > maxBytes && blocks.size() > 1) {
            Block evicted = eldest.next();
            eldest.remove();
            bytes -= evicted.bytes.readableBytes();
            evicted.bytes.release();
        }
    }

    void release() {
        blocks.values().forEach(block -> block.bytes.release());
        blocks.clear();
        bytes = 0;
    }
}
