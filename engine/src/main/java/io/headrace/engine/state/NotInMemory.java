/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.List;

/**
 * A command needs rows that are not in memory. Thrown through the state machine, which must not have logged or answered
 * anything yet: the partition loads the rows and executes the command again. Not an error, hence without a stack trace.
 */
public final class NotInMemory extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<RowRead> reads;

    /** @param reads all that is known to be missing, in the order in which it is needed; at least one */
    public NotInMemory(List<RowRead> reads) {
        super(reads.size() + " rows are not in memory, the first is " + reads.get(0), null, false, false);
        this.reads = List.copyOf(reads);
    }

    public List<RowRead> reads() {
        return reads;
    }
}
