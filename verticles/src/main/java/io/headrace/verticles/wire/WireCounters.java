/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.util.concurrent.atomic.LongAdder;

/** What the connections of a node have done since it started. From any thread. */
public final class WireCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder closed = new LongAdder();
    final LongAdder closedByError = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder pauses = new LongAdder();

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

    /** How often a connection has stopped reading because of a bound. */
    public long pauses() {
        return pauses.sum();
    }
}
