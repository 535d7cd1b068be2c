/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.BlockCache.Block;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings parts of chunks into memory. A read that needs what is not there is put aside and executed again when it is; all
 * who wait for a block share one call of the storage. For a reader that goes on from block to block some are fetched
 * ahead, unless others wait.
 *
 * <p>A fetch that fails is repeated until it succeeds, or until nothing refers to the chunk any more: a chunk that cannot
 * be read is never taken for one that is not there.
 */
final class ChunkReads {
    private static final int FETCHES_MAX = 8;
    private static final int BLOCKS_AHEAD = 8;

    /** Executes a command that was put aside. */
    interface Execution {
        void execute(
                SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn);
    }

    private record Waiter(SegmentCommand command, ReplyTo<? super SegmentReply> replyTo) {}

    /** Blocks of a chunk, one after the other, that are on their way or to be asked for again. */
    private static final class Fetch {
        final long chunk;
        final int block;
        final int count;
        final boolean sequential;
        final List<Waiter> waiters = new ArrayList<>();
        final Retry retry = new Retry();

        Fetch(long chunk, int block, int count, boolean sequential) {
            this.chunk = chunk;
            this.block = block;
            this.count = count;
            this.sequential = sequential;
        }
    }

    private final Chunks chunks;
    private final ChunkAccess access;
    private final BlockCache cache;
    private final Execution execution;
    private final int blocksAhead;

    /** By the key of each of their blocks. */
    private final Map<Long, Fetch> fetches = new HashMap<>();

    private final Deque<Fetch> queue = new ArrayDeque<>();
    private final Set<Fetch> failed = new LinkedHashSet<>();
    private int reading;

    ChunkReads(Chunks chunks, ChunkAccess access, long cacheBytes, Execution execution) {
        this.chunks = chunks;
        this.access = access;
        this.cache = new BlockCache(cacheBytes);
        this.execution = execution;
        this.blocksAhead = (int) Math.max(1, Math.min(BLOCKS_AHEAD, cacheBytes / BlockCache.BLOCK_BYTES / 4));
    }

    /** Whether there are fetches that failed and were not repeated yet. */
    boolean isFailing() {
        return !failed.isEmpty();
    }

    /**
     * Adds bytes of a chunk to what is gathered, as far as they are in memory without a gap.
     *
     * @return how many
     */
    int gather(long chunk, int offset, int length, Gathering into) {
        int at = offset;
        int end = offset + length;
        while (at < end && !into.isFull()) {
            int number = at / BlockCache.BLOCK_BYTES;
            int within = at % BlockCache.BLOCK_BYTES;
            Block block = cache.get(BlockCache.key(chunk, number));
            if (block == null || block.bytes().readableBytes() <= within) {
                break;
            }
            int count = Math.min(end - at, block.bytes().readableBytes() - within);
            into.copy();
            into.add(block.bytes(), within, count);
            at += count;
            if (block.sequential()) {
                readAhead(chunk, number);
            }
        }
        return at - offset;
    }

    /** Executes a command again, in a later turn, when the byte at an offset of a chunk is in memory. */
    void executeWhenLoaded(long chunk, int offset, SegmentCommand command, ReplyTo<? super SegmentReply> replyTo) {
        int block = offset / BlockCache.BLOCK_BYTES;
        Fetch fetch = fetches.get(BlockCache.key(chunk, block));
        if (fetch == null) {
            boolean sequential = block == 0 || cache.has(BlockCache.key(chunk, block - 1));
            fetch = fetch(chunk, block, sequential);
        }
        fetch.waiters.add(new Waiter(command, replyTo));
        readNext();
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        for (Fetch fetch : List.copyOf(failed)) {
            Chunk chunk = chunks.find(fetch.chunk);
            if (chunk == null || chunk.pieces == 0) {
                failed.remove(fetch);
                end(fetch, turn);
            } else if (!fetch.retry.isResting(turn.now())) {
                failed.remove(fetch);
                queue.add(fetch);
            }
        }
        readNext();
    }

    void lost(String reason) {
        Set<Fetch> all = new LinkedHashSet<>(fetches.values());
        fetches.clear();
        queue.clear();
        failed.clear();
        all.forEach(fetch -> fetch.waiters.forEach(waiter -> waiter.replyTo.lost(reason)));
        cache.release();
    }

    /** Sees to it that the blocks after one that is being read are in memory or on their way. */
    private void readAhead(long chunk, int block) {
        if (!queue.isEmpty() || reading >= FETCHES_MAX / 2) {
            return;
        }
        int next = block + 1;
        while (next <= block + blocksAhead && isKnown(chunk, next)) {
            next++;
        }
        Chunk row = chunks.find(chunk);
        if (next <= block + blocksAhead / 2 && row != null && (long) next * BlockCache.BLOCK_BYTES < row.length) {
            fetch(chunk, next, true);
            readNext();
        }
    }

    private boolean isKnown(long chunk, int block) {
        long key = BlockCache.key(chunk, block);
        return cache.has(key) || fetches.containsKey(key);
    }

    private Fetch fetch(long chunk, int block, boolean sequential) {
        int most = sequential && queue.isEmpty() ? blocksAhead : 1;
        int last = BlockCache.lastBlock(chunks.find(chunk));
        int count = 1;
        while (count < most && block + count <= last && !isKnown(chunk, block + count)) {
            count++;
        }
        Fetch fetch = new Fetch(chunk, block, count, sequential);
        for (int i = 0; i < count; i++) {
            fetches.put(BlockCache.key(chunk, block + i), fetch);
        }
        queue.add(fetch);
        return fetch;
    }

    private void readNext() {
        while (reading < FETCHES_MAX && !queue.isEmpty()) {
            Fetch fetch = queue.remove();
            Chunk chunk = chunks.find(fetch.chunk);
            long offset = (long) fetch.block * BlockCache.BLOCK_BYTES;
            if (chunk == null || chunk.pieces == 0 || chunk.length <= offset) {
                // Nobody needs it any more: those who wait find out in a turn of their own.
                failed.add(fetch);
                continue;
            }
            reading++;
            access.read(
                    chunk,
                    (int) offset,
                    (int) Math.min((long) fetch.count * BlockCache.BLOCK_BYTES, chunk.length - offset),
                    (bytes, turn) -> loaded(fetch, bytes, turn),
                    (failure, turn) -> {
                        reading--;
                        fetch.retry.failed(turn.now());
                        failed.add(fetch);
                        readNext();
                    });
        }
    }

    private void loaded(Fetch fetch, ByteBuf bytes, Turn<SegmentCommand, SegmentReply> turn) {
        reading--;
        int block = fetch.block;
        for (int at = 0; at < bytes.readableBytes(); at += BlockCache.BLOCK_BYTES) {
            int length = Math.min(BlockCache.BLOCK_BYTES, bytes.readableBytes() - at);
            ByteBuf content = bytes.retainedSlice(bytes.readerIndex() + at, length);
            cache.put(BlockCache.key(fetch.chunk, block), new Block(content, fetch.sequential));
            block++;
        }
        bytes.release();
        end(fetch, turn);
        readNext();
    }

    private void end(Fetch fetch, Turn<SegmentCommand, SegmentReply> turn) {
        for (int i = 0; i < fetch.count; i++) {
            fetches.remove(BlockCache.key(fetch.chunk, fetch.block + i), fetch);
        }
        fetch.waiters.forEach(waiter -> execution.execute(waiter.command, waiter.replyTo, turn));
    }
}
