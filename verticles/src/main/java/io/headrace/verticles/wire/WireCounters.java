/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.FailureReply;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the connections of a node have done since it started. From any thread. */
public final class WireCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder closed = new LongAdder();
    final LongAdder closedByError = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder pauses = new LongAdder();
    final LongAdder appends = new LongAdder();
    final LongAdder events = new LongAdder();
    final LongAdder appendedBytes = new LongAdder();
    final LongAdder reads = new LongAdder();
    final LongAdder readBytes = new LongAdder();
    private final Map<Class<?>, LongAdder> refusals = new ConcurrentHashMap<>();

    /** A request was answered with a failure, which is rare. */
    void refused(FailureReply reply) {
        refusals.computeIfAbsent(reply.getClass(), type -> new LongAdder()).increment();
    }

    /** Connections accepted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections open now. */
    public long open() {
        return accepted.sum() - closed.sum();
    }

    /** Connections that this side closed because of what the peer had sent, or because a partition was lost. */
    public long closedByError() {
        return closedByError.sum();
    }

    public long bytesReceived() {
        return bytesReceived.sum();
    }

    public long bytesSent() {
        return bytesSent.sum();
    }

    /** Appends that were handed over, which are blocks of events; with the number and the bytes of those. */
    public long appends() {
        return appends.sum();
    }

    public long events() {
        return events.sum();
    }

    public long appendedBytes() {
        return appendedBytes.sum();
    }

    /** Reads that were answered with data, or with none at the end. */
    public long reads() {
        return reads.sum();
    }

    public long readBytes() {
        return readBytes.sum();
    }

    /** How many requests were answered with which failure, by the name of the reply. */
    public Map<String, Long> refusals() {
        Map<String, Long> sums = new TreeMap<>();
        refusals.forEach((type, count) -> sums.put(type.getSimpleName(), count.sum()));
        return sums;
    }

    /** How often a connection has stopped reading because of a bound. */
    public long pauses() {
        return pauses.sum();
    }
}
