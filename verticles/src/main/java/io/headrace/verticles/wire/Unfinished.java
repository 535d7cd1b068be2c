/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a node together have received of frames and appends that are not complete yet: memory that
 * peers hold without anything having been handed over. Over the bound such connections are not read from, except for one
 * at a time, so that complete frames make room; and who takes too long then loses its connection.
 *
 * <p>May be used from any thread.
 */
final class Unfinished {
    private final long bound;
    private final AtomicLong bytes = new AtomicLong();

    /** Who may go on although there is no room. */
    private final AtomicReference<@Nullable Object> exempt = new AtomicReference<>();

    /** @param bound in bytes */
    Unfinished(long bound) {
        this.bound = bound;
    }

    long bytes() {
        return bytes.get();
    }

    boolean isFull() {
        return bytes.get() >= bound;
    }

    /** Adds to what a connection holds, or takes from it. */
    void add(long change) {
        bytes.addAndGet(change);
    }

    /**
     * Whether a connection may receive more.
     *
     * @param begun whether it holds a part of something
     */
    boolean mayReceive(Object connection, boolean begun) {
        long now = bytes.get();
        return now < bound
                || (!begun && now < 2 * bound)
                || exempt.get() == connection
                || exempt.compareAndSet(null, connection);
    }

    /** To be called when a connection has completed something or is gone: it is another one's turn. */
    void completed(Object connection) {
        exempt.compareAndSet(connection, null);
    }
}
