/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound, in bytes, on what all connections of a node together have handed over and not had answered. Over the bound
 * connections stop reading; they go on when a quarter of it is free. May be used from any thread.
 */
public final class Credits {
    private final long total;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public Credits(long total) {
        if (total < 1) {
            throw new IllegalArgumentException("credits must be at least 1 byte, not " + total);
        }
        this.total = total;
    }

    /** Takes credits for bytes that have arrived; always granted, also beyond the bound. */
    void take(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether nobody should read more. */
    boolean exhausted() {
        return used.get() >= total;
    }

    void giveBack(long bytes) {
        if (used.addAndGet(-bytes) <= lowWater() && !waiting.isEmpty()) {
            wake();
        }
    }

    /** Runs {@code resume} once, on whatever thread, when there are credits again, which may be at once. */
    void whenAvailable(Runnable resume) {
        waiting.add(resume);
        if (used.get() <= lowWater()) {
            wake();
        }
    }

    /** Bytes taken and not given back. */
    public long used() {
        return used.get();
    }

    private long lowWater() {
        return total - total / 4 - 1;
    }

    private void wake() {
        for (Runnable resume = waiting.poll(); resume != null; resume = waiting.poll()) {
            resume.run();
        }
    }
}
