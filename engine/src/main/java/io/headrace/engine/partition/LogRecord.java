/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.netty.buffer.ByteBuf;

/**
 * One change of a partition's state, as it stands in the log. A record holds every choice that is not determined by the
 * state before it (time, random ids, assigned offsets), so that replay gives the same state.
 */
public interface LogRecord {

    /** Kind of record, 1 to 127, unique within the state machine that wrote it; never reused for another meaning. */
    int type();

    /** Exact length in bytes of what {@link #write} writes; at most {@link Frame#MAX_RECORD_BYTES}. */
    int size();

    void write(ByteBuf out);
}
