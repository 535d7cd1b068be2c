/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much memory of one kind, in units of one size, all partitions of a node may hold together. Some units are each
 * partition's own; for the others it asks here, first come first served. One that is refused gives up its eldest unit
 * instead, and those that have more than their share give some back when they see that others were refused.
 *
 * <p>Thread-safe: all that partitions share is counters.
 */
public final class MemoryBudget {

    /** Nothing but what is each one's own. */
    public static final MemoryBudget NONE = new MemoryBudget(0, 0, 1);

    private final int own;
    private final int fairShare;
    private final AtomicInteger left;
    private final AtomicInteger refusals = new AtomicInteger();

    /**
     * @param own units that a partition has in any case, at least 0
     * @param units for all partitions; if that is too little for what is each one's own, it is as many as that
     * @param partitions how many there are, at least 1
     */
    public MemoryBudget(int own, long units, int partitions) {
        long shared = Math.max(0, units - (long) partitions * own);
        this.own = own;
        this.left = new AtomicInteger(Math.toIntExact(shared));
        this.fairShare = own + Math.toIntExact(shared / partitions);
    }

    /** Takes one more unit for a partition that has so many; false if there is none. */
    public boolean take(int held) {
        if (held < own) {
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

    /** Gives back one unit of a partition that had so many. */
    public void giveBack(int held) {
        if (held > own) {
            left.incrementAndGet();
        }
    }

    /** Changes each time that a partition with less than its share asks for more than there is. */
    public int refusals() {
        return refusals.get();
    }

    /** Units that a partition may keep when others want some. */
    public int fairShare() {
        return fairShare;
    }
}
