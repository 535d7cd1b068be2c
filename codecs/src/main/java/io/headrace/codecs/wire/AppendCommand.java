/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import java.util.UUID;

/** What a connection's {@link AppendStream} is made of. */
public sealed interface AppendCommand extends WireCommand {

    /** Identifies the writer: one for each client object and segment. */
    UUID writerId();

    /** Says which segment the appends of a writer go to, from here on and on this connection. */
    record SetupAppend(long requestId, UUID writerId, String segment, String delegationToken)
            implements AppendCommand, Request {}

    /** The first part of an append; {@link AppendBlockEnd} tells what its bytes are. */
    record AppendBlock(UUID writerId, ByteBuf data) implements AppendCommand {}

    /**
     * Completes an append.
     *
     * @param sizeOfWholeEvents how many bytes of the block come before its {@link PartialEvent} or {@link Padding}
     * @param data continues the partial event; may be empty
     * @param numEvents number of events in the append, above 0
     * @param lastEventNumber number of the last of them
     * @param requestId that of the writer's {@link SetupAppend}, -1 if unknown
     */
    record AppendBlockEnd(
            UUID writerId, int sizeOfWholeEvents, ByteBuf data, int numEvents, long lastEventNumber, long requestId)
            implements AppendCommand {}

    /**
     * Appends one event if the segment has the expected length.
     *
     * @param event with its header, as it is to be stored
     */
    record ConditionalAppend(UUID writerId, long eventNumber, long expectedOffset, ByteBuf event, long requestId)
            implements AppendCommand {}

    /** Appends bytes as they are, counted as one event, if the segment has the expected length. */
    record ConditionalBlockEnd(UUID writerId, long eventNumber, long expectedOffset, ByteBuf data, long requestId)
            implements AppendCommand {}
}
