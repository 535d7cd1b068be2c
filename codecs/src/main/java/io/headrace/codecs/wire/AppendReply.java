/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import java.util.UUID;

/** Answers about appends. */
public sealed interface AppendReply extends Reply {

    /**
     * Appends of this writer may begin.
     *
     * @param lastEventNumber all events up to it are stored; {@link #NEVER_WROTE} if there are none
     */
    record AppendSetup(long requestId, String segment, UUID writerId, long lastEventNumber) implements AppendReply {
        public static final long NEVER_WROTE = Long.MIN_VALUE;
    }

    /**
     * All events up to {@code eventNumber} are durable.
     *
     * @param previousEventNumber the last one that was acknowledged before
     * @param currentSegmentWriteOffset length of the segment after the append
     */
    record DataAppended(
            UUID writerId, long eventNumber, long previousEventNumber, long requestId, long currentSegmentWriteOffset)
            implements AppendReply {}

    /** The segment had another length than a conditional append expected; nothing was stored. */
    record ConditionalCheckFailed(UUID writerId, long eventNumber, long requestId) implements AppendReply {}
}
