/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentCalls;
import io.headrace.engine.streams.StreamCalls;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;

/** What a run makes wrong on purpose, to see that it is noticed; this one changes nothing. */
class Mutation {
    static final Mutation NONE = new Mutation();

    StateMachine<StreamCommand, StreamReply> streams(StateMachine<StreamCommand, StreamReply> right) {
        return right;
    }

    StateMachine<SegmentCommand, SegmentReply> segments(StateMachine<SegmentCommand, SegmentReply> right) {
        return right;
    }

    /** What one owner of a {@code streams} partition says to segments. */
    SegmentCalls segmentCalls(SegmentCalls right) {
        return right;
    }

    /** What one owner of a {@code streams} partition says to its kind. */
    StreamCalls streamCalls(StreamCalls right) {
        return right;
    }
}
