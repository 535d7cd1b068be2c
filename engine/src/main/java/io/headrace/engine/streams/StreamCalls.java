/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;

/** The way to the {@code streams} partitions, this one included. */
@FunctionalInterface
public interface StreamCalls {

    /**
     * Sends a command to whichever partition has its scope. Called on the loop of a {@code streams} partition, must not
     * block or call back before it returns.
     *
     * @param replyTo may be called on any thread, more than once, or never: the caller repeats what stays unanswered
     */
    void call(StreamCommand command, ReplyTo<StreamReply> replyTo);
}
