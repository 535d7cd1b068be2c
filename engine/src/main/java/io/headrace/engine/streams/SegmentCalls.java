/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;

/** The way to the {@code segments} partitions. */
@FunctionalInterface
public interface SegmentCalls {

    /**
     * Sends a command to whichever partition has its segment. Called on the loop of the {@code streams} partition, must
     * not block or call back before it returns.
     *
     * @param replyTo may be called on any thread, more than once, or never: the caller repeats what stays unanswered
     */
    void call(SegmentCommand command, ReplyTo<SegmentReply> replyTo);
}
