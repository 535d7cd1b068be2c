/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.InternalCommand.AddSubscriber;
import io.headrace.engine.streams.InternalCommand.EnsureStream;
import io.headrace.engine.streams.InternalCommand.RemoveSubscriber;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.StreamReply.DeleteReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.DeleteStreamStatus;
import io.headrace.engine.streams.StreamReply.DeleteTableStatus;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;

/** A call to another partition that may be repeated at will, and which answers mean that it has had its effect. */
sealed interface Call {

    record ToSegment(SegmentCommand command) implements Call {}

    record ToStream(StreamCommand command) implements Call {}

    /** Whether the call is done with; if not, it is made again later. */
    static boolean accepts(SegmentCommand command, SegmentReply reply) {
        if (command instanceof SegmentCommand.Create || command instanceof SegmentCommand.CreateTable) {
            return reply instanceof SegmentReply.Ok || reply instanceof SegmentReply.AlreadyExists;
        } else if (command instanceof SegmentCommand.MergeBatch) {
            return reply instanceof SegmentReply.Merged;
        } else if (command instanceof SegmentCommand.GetInfo) {
            return reply instanceof SegmentReply.Info || reply instanceof SegmentReply.NoSuchSegment;
        } else if (command instanceof SegmentCommand.Truncate) {
            return reply instanceof SegmentReply.Ok
                    || reply instanceof SegmentReply.Truncated
                    || reply instanceof SegmentReply.NoSuchSegment;
        } else if (command instanceof SegmentCommand.AppendAt) {
            return reply instanceof SegmentReply.Ok
                    || reply instanceof SegmentReply.ConditionFailed
                    || reply instanceof SegmentReply.Sealed
                    || reply instanceof SegmentReply.NoSuchSegment;
        } else if (command instanceof SegmentCommand.GetAttribute) {
            return reply instanceof SegmentReply.Attribute || reply instanceof SegmentReply.NoSuchSegment;
        } else if (command instanceof SegmentCommand.UpdateAttribute) {
            // Not updated: a repeat of a call that was, or somebody else has.
            return reply instanceof SegmentReply.AttributeUpdated
                    || reply instanceof SegmentReply.Sealed
                    || reply instanceof SegmentReply.NoSuchSegment;
        }
        // Seal, delete, policy: a segment that is gone or sealed already leaves nothing to be done.
        return reply instanceof SegmentReply.Ok
                || reply instanceof SegmentReply.Sealed
                || reply instanceof SegmentReply.NoSuchSegment;
    }

    /** Whether the call is done with; if not, it is made again later. */
    static boolean accepts(StreamCommand command, StreamReply reply) {
        if (command instanceof EnsureStream) {
            return reply == CreateStreamStatus.SUCCESS || reply == CreateStreamStatus.STREAM_EXISTS;
        } else if (command instanceof StreamCommand.SealStream) {
            return reply == UpdateStreamStatus.SUCCESS
                    || reply == UpdateStreamStatus.STREAM_NOT_FOUND
                    || reply == UpdateStreamStatus.SCOPE_NOT_FOUND;
        } else if (command instanceof StreamCommand.DeleteStream) {
            return reply == DeleteStreamStatus.SUCCESS || reply == DeleteStreamStatus.STREAM_NOT_FOUND;
        } else if (command instanceof AddSubscriber || command instanceof RemoveSubscriber) {
            return reply instanceof UpdateSubscriberStatus;
        } else if (command instanceof StreamCommand.DeleteReaderGroup) {
            return reply == DeleteReaderGroupStatus.SUCCESS || reply == DeleteReaderGroupStatus.RG_NOT_FOUND;
        } else if (command instanceof StreamCommand.DeleteTable) {
            return reply == DeleteTableStatus.SUCCESS || reply == DeleteTableStatus.TABLE_NOT_FOUND;
        }
        throw new IllegalArgumentException("not a call: " + command.getClass());
    }
}
