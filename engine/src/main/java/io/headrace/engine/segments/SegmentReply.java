/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;

/** What a {@code segments} partition answers to a {@link SegmentCommand}. */
public sealed interface SegmentReply {

    /** What the table answers, be it success or refusal. */
    record OfTable(TableReply reply) implements SegmentReply {}

    /** To create, seal, truncate, delete, policy updates and appends at an offset. */
    record Ok() implements SegmentReply {
        public static final Ok INSTANCE = new Ok();
    }

    /**
     * To a writer's set-up.
     *
     * @param lastEventNumber of this writer in this segment, or {@link SegmentCommand#NO_VALUE}
     */
    record AppendReady(long lastEventNumber) implements SegmentReply {}

    /**
     * An append is durable.
     *
     * @param previousEventNumber the writer's last number before this append, or {@link SegmentCommand#NO_VALUE}
     * @param length of the segment right after this append
     */
    record Appended(UUID writer, long eventNumber, long previousEventNumber, long length) implements SegmentReply {}

    /**
     * To a read.
     *
     * @param data starts exactly at the offset asked for; the receiver releases it
     */
    record Data(ByteBuf data, boolean atTail, boolean endOfSegment) implements SegmentReply {}

    record Info(boolean sealed, long lastModifiedMillis, long length, long startOffset) implements SegmentReply {}

    record Attribute(long value) implements SegmentReply {}

    /**
     * To a compare-and-set.
     *
     * @param success false if the attribute did not have the expected value; also for a merge whose condition failed
     */
    record AttributeUpdated(boolean success) implements SegmentReply {}

    /**
     * To a merge.
     *
     * @param lengths of the target after each merge, in request order
     */
    record Merged(List<Long> lengths) implements SegmentReply {}

    /** To a {@link SegmentCommand.Called} whose workflow has gone on, or has a newer owner; it has no effect (any more). */
    record Outdated() implements SegmentReply {}

    /** The command could not be executed; state is unchanged but where the command says otherwise. */
    sealed interface Refusal extends SegmentReply {}

    record AlreadyExists() implements Refusal {}

    /**
     * Never created, deleted, or merged away.
     *
     * @param segment the one that is missing: of a merge it may be the source
     */
    record NoSuchSegment(String segment) implements Refusal {}

    record Sealed(String segment) implements Refusal {}

    /**
     * The offset is outside of what the segment holds.
     *
     * @param startOffset of the segment
     */
    record Truncated(long startOffset) implements Refusal {}

    /** The length was not the expected one; the writer's last number is unchanged. */
    record ConditionFailed(UUID writer, long eventNumber) implements Refusal {}

    /** The writer is bound to another connection, or the number is not above its last one. */
    record InvalidEventNumber(UUID writer, long eventNumber) implements Refusal {}

    /**
     * The command makes no sense.
     *
     * @param message what was wrong and what to do, for people
     */
    record BadArgument(String message) implements Refusal {}
}
