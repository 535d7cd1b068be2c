/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames in memory. This owner's own frames stand in slabs, one after the other, as they were built: the tail cache. Older
 * ones that were read back from the log are kept apart, so that a reader of history cannot push out what tail readers
 * need. Both parts are bounded in bytes, the tail by what is the partition's own and what it gets of the node's budget; a
 * slab is given up as a whole, and only when all its frames are committed.
 */
final class FrameCache {
    static final int SLAB_BYTES = 4 << 20;

    private static final class Slab {
        final ByteBuf memory;
        final long firstFrame;
        /** Views of consecutive frames. */
        final List<ByteBuf> frames = new ArrayList<>();

        Slab(ByteBuf memory, long firstFrame) {
            this.memory = memory;
            this.firstFrame = firstFrame;
        }

        long lastFrame() {
            return firstFrame + frames.size() - 1;
        }
    }

    private final ByteBufAllocator allocator;
    private final int ownSlabs;
    private final MemoryBudget budget;
    private final long readBytesMax;
    private final Deque<Slab> slabs = new ArrayDeque<>();
    private final Map<Long, ByteBuf> read = new LinkedHashMap<>(16, 0.75f, true);
    private long readBytes;

    /** Slabs that were taken from the budget. */
    private int taken;

    private int refusals;

    /** @param budget of slabs, beyond those that {@code tailBytes} are enough for */
    FrameCache(ByteBufAllocator allocator, long tailBytes, MemoryBudget budget, long readBytesMax) {
        this.allocator = allocator;
        this.ownSlabs = Math.toIntExact(tailBytes / SLAB_BYTES);
        this.budget = budget;
        this.readBytesMax = readBytesMax;
        this.refusals = budget.refusals();
    }

    /** Unused bytes at the end of the newest slab. */
    int room() {
        Slab slab = slabs.peekLast();
        return slab == null ? 0 : slab.memory.writableBytes();
    }

    /**
     * Starts a slab whose first frame will be {@code frame}, giving up old slabs if there are too many. The memory of one
     * that nobody else refers to is used again: fresh memory of that size comes from the system, which clears it first.
     */
    void addSlab(long frame, long committedFrame) {
        if (slabs.size() >= ownSlabs + taken && budget.take(taken)) {
            taken++;
        }
        ByteBuf memory = null;
        while (slabs.size() >= ownSlabs + taken && isOldestDone(committedFrame)) {
            ByteBuf oldest = slabs.removeFirst().memory;
            if (memory == null && oldest.refCnt() == 1) {
                memory = oldest.clear();
            } else {
                oldest.release();
            }
        }
        slabs.addLast(new Slab(memory == null ? allocator.directBuffer(SLAB_BYTES, SLAB_BYTES) : memory, frame));
    }

    /** Gives slabs back if others ask for more than there are, and this has more than its share of them. */
    void tick(long committedFrame) {
        int asked = budget.refusals();
        int surplus = asked == refusals ? 0 : taken - budget.fairShare();
        refusals = asked;
        for (int left = surplus; left > 0; left--) {
            if (slabs.size() > ownSlabs + taken - 1) {
                if (!isOldestDone(committedFrame)) {
                    return;
                }
                slabs.removeFirst().memory.release();
            }
            budget.giveBack(taken--);
        }
    }

    /** Whether the oldest slab may be given up. */
    private boolean isOldestDone(long committedFrame) {
        return slabs.size() > 1 && slabs.getFirst().lastFrame() <= committedFrame;
    }

    /** The memory that the open frame is written into; its writer index says where. */
    ByteBuf slab() {
        return slabs.getLast().memory;
    }

    /** Registers the next sealed frame of the newest slab; {@code view} is not retained: the slab is. */
    void add(long frame, ByteBuf view) {
        Slab slab = slabs.getLast();
        assert frame == slab.lastFrame() + 1 : frame + " follows " + slab.lastFrame();
        slab.frames.add(view);
    }

    /** Keeps a frame that was read back; ownership of {@code bytes} passes to the cache. */
    void addRead(long frame, ByteBuf bytes) {
        ByteBuf former = read.put(frame, bytes);
        readBytes += bytes.readableBytes();
        if (former != null) {
            readBytes -= former.readableBytes();
            former.release();
        }
        Iterator<ByteBuf> eldest = read.values().iterator();
        while (readBytes > readBytesMax && read.size() > 1) {
            ByteBuf evicted = eldest.next();
            eldest.remove();
            readBytes -= evicted.readableBytes();
            evicted.release();
        }
    }

    @Nullable
    ByteBuf get(long frame) {
        ByteBuf own = getOwn(frame);
        return own != null ? own : read.get(frame);
    }

    /** Slabs are few, and most of what is asked for is new. */
    private @Nullable ByteBuf getOwn(long frame) {
        Iterator<Slab> newestFirst = slabs.descendingIterator();
        while (newestFirst.hasNext()) {
            Slab slab = newestFirst.next();
            if (frame >= slab.firstFrame) {
                return frame <= slab.lastFrame() ? slab.frames.get((int) (frame - slab.firstFrame)) : null;
            }
        }
        return null;
    }

    long bytes() {
        return (long) slabs.size() * SLAB_BYTES + readBytes;
    }

    void release() {
        slabs.forEach(slab -> slab.memory.release());
        slabs.clear();
        while (taken > 0) {
            budget.giveBack(taken--);
        }
        read.values().forEach(ByteBuf::release);
        read.clear();
        readBytes = 0;
    }
}
