/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.ConnectionLimit;
import io.headrace.verticles.net.LogLimiter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/** What all store connections of a process share. May be used from any thread. */
public final class WireNode {
    private static final int LOG_LINES_PER_INTERVAL = 20;

    private static final AtomicInteger NODES = new AtomicInteger();

    private final int number = NODES.incrementAndGet();
    private final Partitions<SegmentCommand, SegmentReply> partitions;
    private final Credits credits;
    private final WireOptions options;
    private final WireCounters counters = new WireCounters();
    private final LogLimiter log = new LogLimiter(LoggerFactory.getLogger(WireNode.class), LOG_LINES_PER_INTERVAL);
    private final AtomicLong connections = new AtomicLong();
    private final ConnectionLimit limit;
    private final Unfinished unfinished;
    private volatile boolean holdsAppends;

    public WireNode(Partitions<SegmentCommand, SegmentReply> partitions, Credits credits, WireOptions options) {
        this.partitions = partitions;
        this.credits = credits;
        this.options = options;
        this.limit = new ConnectionLimit("store", options.connections());
        this.unfinished = new Unfinished(options.limits().unfinishedBytes());
    }

    /**
     * Stops taking appends, or goes on: a connection that has set up a writer or updated a table is not read from
     * meanwhile. Nothing is refused, and other connections are served as ever.
     */
    public void holdAppends(boolean hold) {
        holdsAppends = hold;
    }

    boolean holdsAppends() {
        return holdsAppends;
    }

    /** Bytes received of commands that are not complete yet. */
    public long unfinishedBytes() {
        return unfinished.bytes();
    }

    public WireCounters counters() {
        return counters;
    }

    public WireOptions options() {
        return options;
    }

    /**
     * The port to ask Vert.x for. To it a negative port is any that is free, and the same for all servers that give the
     * same number.
     */
    int listeningPort() {
        return options.port() == 0 ? -number : options.port();
    }

    Partitions<SegmentCommand, SegmentReply> partitions() {
        return partitions;
    }

    Credits credits() {
        return credits;
    }

    ConnectionLimit limit() {
        return limit;
    }

    Unfinished unfinished() {
        return unfinished;
    }

    LogLimiter log() {
        return log;
    }

    long nextConnection() {
        return connections.incrementAndGet();
    }
}
