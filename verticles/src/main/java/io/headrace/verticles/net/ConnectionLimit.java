/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.net;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Counts the connections of one port, and refuses those that are too many. May be used from any thread. */
public final class ConnectionLimit {
    /** Some for each core, and far below what an operating system lets a process have. */
    public static final int DEFAULT = 4096;

    private static final int LOG_LINES_PER_INTERVAL = 5;

    private final String face;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final LogLimiter log =
            new LogLimiter(LoggerFactory.getLogger(ConnectionLimit.class), LOG_LINES_PER_INTERVAL);

    /** @param face what the log calls the port */
    public ConnectionLimit(String face, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a port takes at least one connection, not " + most);
        }
        this.face = face;
        this.most = most;
    }

    /**
     * Counts a connection, to be given back by {@link #leave}; false if it is one too many, which has then been logged:
     * the caller closes it.
     */
    public boolean enter(Object peer) {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        log.warn("refused a connection from {}: the {} port has {} already, and takes no more", peer, face, most);
        return false;
    }

    public void leave() {
        open.decrementAndGet();
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }
}
