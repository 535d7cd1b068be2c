/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many blocks of chunks all partitions of a node may have in memory together. A few are each partition's own; for the
 * others it asks here, first come first served. One that is refused gives up its eldest block instead, and those that have
 * more than their share give some back, see {@link BlockCache#tick}.
 *
 * <p>Thread-safe: all that partitions share is counters.
 */
public final class BlockBudget {
    static final int BLOCK_BYTES = 256 << 10;

    /** What a partition has in any case: enough to read ahead for one reader. */
    static final int OWN_BLOCKS = 8;

    private final int fairShare;
    private final AtomicInteger left;
    private final AtomicInteger refusals = new AtomicInteger();

    /**
     * @param bytes for all partitions; if it is too little for what is each one's own, it is as much as that
     * @param partitions how many there are, at least 1
     */
    public BlockBudget(long bytes, int partitions) {
        long shared = Math.max(0, bytes / BLOCK_BYTES - (long) partitions * OWN_BLOCKS);
        this.left = new AtomicInteger(Math.toIntExact(shared));
        this.fairShare = OWN_BLOCKS + Math.toIntExact(shared / partitions);
    }

    /** Takes one more block for a partition that has so many; false if there is none. */
    boolean take(int held) {
        if (held < OWN_BLOCKS) {
            return true;
        }
        if (left.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            return true;
        }
        if (held < fairShare) {
            refusals.incrementAndGet();
        }
        return false;
    }

    /** Gives back one block of a partition that had so many. */
    void giveBack(int held) {
        if (held > OWN_BLOCKS) {
            left.incrementAndGet();
        }
    }

    /** Changes each time that a partition with less than its share asks for more than there is. */
    int refusals() {
        return refusals.get();
    }

    /** Blocks that a partition may keep when others want some. */
    int fairShare() {
        return fairShare;
    }
}
