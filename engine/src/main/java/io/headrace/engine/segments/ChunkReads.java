/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.BlockCache.Block;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** Less than this is copied: a reply that refers to a block keeps all of it in memory. */
    private static final int REFERRED_BYTES = BlockCache.BLOCK_BYTES / 4;

    /** Executes a command that was put aside. */
    interface Execution {
        void execute(
                SegmentCommand command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn);
    }

    private record Waiter(SegmentCommand command, ReplyTo<? super SegmentReply> replyTo) {}

    /** Blocks of a chunk, one after the other, that are on their way or to be asked for again. */
    private static final class Fetch {
        final Chunk chunk;
        final int block;
        final boolean sequential;
        int count;

        /** What is being filled; empty while nothing is read. */
        List<ByteBuf> memory = List.of();

        final List<Waiter> waiters = new ArrayList<>();
        final Retry retry = new Retry();

        Fetch(Chunk chunk, int block, int count, boolean sequential) {
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
    /** By the key of each of their blocks. */
    private final Map<Long, Fetch> fetches = new HashMap<>();

    private final Deque<Fetch> queue = new ArrayDeque<>();
    private final Set<Fetch> failed = new LinkedHashSet<>();
    private int reading;

    private long hits;
    private long misses;

    /** Whether reads are executed again that have waited: they were counted. */
    private boolean repeats;

    /** The last block of a sequential reader that was gathered; null if there is none. */
    private @Nullable Chunk aheadOfChunk;

    private int aheadOfBlock;

    ChunkReads(Chunks chunks, ChunkAccess access, BlockCache cache, Execution execution) {
        this.chunks = chunks;
        this.access = access;
        this.cache = cache;
        this.execution = execution;
    }

    /** Reads that found what they asked for in memory, or the beginning of it. */
    long hits() {
        return hits;
    }

    /** Reads that had to wait. */
    long misses() {
        return misses;
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
        boolean isFirst = into.isEmpty();
        if (length < REFERRED_BYTES) {
            into.copy();
        }
        while (at < end && !into.isFull()) {
            int number = at / BlockCache.BLOCK_BYTES;
            int within = at % BlockCache.BLOCK_BYTES;
            Block block = cache.get(BlockCache.key(chunk, number));
            if (block == null || block.bytes().readableBytes() <= within) {
                break;
            }
            int count = Math.min(end - at, block.bytes().readableBytes() - within);
            into.add(block.bytes(), within, count);
            at += count;
            if (block.sequential()) {
                aheadOfChunk = block.chunk();
                aheadOfBlock = number;
            }
        }
        if (isFirst && at > offset && !repeats) {
            hits++;
        }
        return at - offset;
    }

    /**
     * Reads ahead for who has just been answered. Not while blocks are gathered, which nothing retains yet: their memory
     * could be taken for the next ones.
     */
    void readAhead() {
        Chunk chunk = aheadOfChunk;
        aheadOfChunk = null;
        if (chunk != null) {
            readAhead(chunk, aheadOfBlock);
        }
    }

    /**
     * Executes a command again, in a later turn, when the byte at an offset of a chunk is in memory. May miss the chunk's
     * row.
     */
    void executeWhenLoaded(long chunk, int offset, SegmentCommand command, ReplyTo<? super SegmentReply> replyTo) {
        int block = offset / BlockCache.BLOCK_BYTES;
        Fetch fetch = fetches.get(BlockCache.key(chunk, block));
        if (fetch == null) {
            boolean sequential = block == 0 || cache.has(BlockCache.key(chunk, block - 1));
            fetch = fetch(existing(chunk), block, sequential);
        }
        fetch.waiters.add(new Waiter(command, replyTo));
        if (!repeats) {
            misses++;
        }
        readNext();
    }

    private Chunk existing(long number) {
        Chunk chunk = chunks.find(number);
        if (chunk == null) {
            throw new LogException(
                    LogException.Kind.CORRUPT, "a segment has data in chunk " + number + ", which does not exist");
        }
        return chunk;
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        for (Fetch fetch : List.copyOf(failed)) {
            if (!fetch.retry.isResting(turn.now())) {
                failed.remove(fetch);
                SegmentCommand.Work.begin(turn, later -> again(fetch, later), () -> failed.add(fetch));
            }
        }
        cache.tick();
        readNext();
    }

    /** Repeats a fetch that has failed, unless nobody needs it: then those who wait find out in this turn. */
    private void again(Fetch fetch, Turn<SegmentCommand, SegmentReply> turn) {
        long number = fetch.chunk.number;
        if (chunks.find(number) == null || chunks.rows().isUnused(number)) {
            end(fetch, turn);
        } else {
            queue.add(fetch);
            readNext();
        }
    }

    void lost(String reason) {
        Set<Fetch> all = new LinkedHashSet<>(fetches.values());
        all.forEach(this::giveBack);
        fetches.clear();
        queue.clear();
        failed.clear();
        all.forEach(fetch -> fetch.waiters.forEach(waiter -> waiter.replyTo.lost(reason)));
        cache.release();
    }

    /** Sees to it that the blocks after one that is being read are in memory or on their way. */
    private void readAhead(Chunk chunk, int block) {
        if (!queue.isEmpty() || reading >= FETCHES_MAX / 2) {
            return;
        }
        int next = block + 1;
        while (next <= block + BLOCKS_AHEAD && isKnown(chunk.number, next)) {
            next++;
        }
        if (next <= block + BLOCKS_AHEAD / 2 && (long) next * BlockCache.BLOCK_BYTES < chunk.length) {
            fetch(chunk, next, true);
            readNext();
        }
    }

    private boolean isKnown(long chunk, int block) {
        long key = BlockCache.key(chunk, block);
        return cache.has(key) || fetches.containsKey(key);
    }

    private Fetch fetch(Chunk chunk, int block, boolean sequential) {
        int most = sequential && queue.isEmpty() ? BLOCKS_AHEAD : 1;
        int last = BlockCache.lastBlock(chunk);
        int count = 1;
        while (count < most && block + count <= last && !isKnown(chunk.number, block + count)) {
            count++;
        }
        Fetch fetch = new Fetch(chunk, block, count, sequential);
        for (int i = 0; i < count; i++) {
            fetches.put(BlockCache.key(chunk.number, block + i), fetch);
        }
        queue.add(fetch);
        return fetch;
    }

    private void readNext() {
        while (reading < FETCHES_MAX && !queue.isEmpty()) {
            Fetch fetch = queue.element();
            Chunk chunk = fetch.chunk;
            long offset = (long) fetch.block * BlockCache.BLOCK_BYTES;
            if (chunk.length <= offset) {
                // Nobody needs it any more: those who wait find out in a turn of their own.
                queue.remove();
                failed.add(fetch);
                continue;
            }
            ByteBuf into = take(fetch, chunk.length - (int) offset);
            if (into == null) {
                return;
            }
            queue.remove();
            reading++;
            access.read(
                    chunk,
                    (int) offset,
                    into,
                    (bytes, turn) -> {
                        bytes.release();
                        loaded(fetch, turn);
                    },
                    (failure, turn) -> {
                        reading--;
                        giveBack(fetch);
                        fetch.retry.failed(turn.now());
                        failed.add(fetch);
                        readNext();
                    });
        }
    }

    /**
     * Takes memory for a fetch, which gets smaller if there is less; those who wait for the rest ask again.
     *
     * @param left bytes of the chunk from the first block on
     * @return a buffer to be filled; null if there is no memory
     */
    private @Nullable ByteBuf take(Fetch fetch, int left) {
        List<ByteBuf> taken = new ArrayList<>(fetch.count);
        CompositeByteBuf into = Unpooled.compositeBuffer(fetch.count);
        for (int at = 0; taken.size() < fetch.count && at < left; at += BlockCache.BLOCK_BYTES) {
            ByteBuf block = cache.take();
            if (block == null) {
                break;
            }
            taken.add(block.writerIndex(Math.min(BlockCache.BLOCK_BYTES, left - at)));
            into.addComponent(block.retain());
        }
        if (taken.isEmpty()) {
            into.release();
            return null;
        }
        fetch.memory = taken;
        while (fetch.count > taken.size()) {
            fetch.count--;
            fetches.remove(BlockCache.key(fetch.chunk.number, fetch.block + fetch.count), fetch);
        }
        return into;
    }

    private void giveBack(Fetch fetch) {
        fetch.memory.forEach(cache::giveBack);
        fetch.memory = List.of();
    }

    private void loaded(Fetch fetch, Turn<SegmentCommand, SegmentReply> turn) {
        reading--;
        int block = fetch.block;
        for (ByteBuf content : fetch.memory) {
            cache.put(BlockCache.key(fetch.chunk.number, block), new Block(content, fetch.chunk, fetch.sequential));
            block++;
        }
        fetch.memory = List.of();
        end(fetch, turn);
        readNext();
    }

    private void end(Fetch fetch, Turn<SegmentCommand, SegmentReply> turn) {
        for (int i = 0; i < fetch.count; i++) {
            fetches.remove(BlockCache.key(fetch.chunk.number, fetch.block + i), fetch);
        }
        repeats = true;
        try {
            fetch.waiters.forEach(waiter -> execution.execute(waiter.command, waiter.replyTo, turn));
        } finally {
            repeats = false;
        }
    }
}
