/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.wire.AnswerQueue.Answer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request other than an append that a partition has not answered yet: knows how to put the answer to the peer. */
final class PendingRequest extends Answer implements ReplyTo<SegmentReply> {
    private final WireConnection connection;
    private final long requestId;
    private final String segment;
    private final long offset;
    private final int cost;
    private final Function<SegmentReply, ? extends Reply> success;

    private @Nullable SegmentReply reply;
    private String lost = "";
    private boolean notExecuted;

    /**
     * @param segment that a refusal names
     * @param offset that a refusal repeats; -1 if the request has none
     * @param cost what it counts for beside being a request, in bytes
     * @param success makes the reply of what is no refusal
     */
    PendingRequest(
            WireConnection connection,
            long requestId,
            String segment,
            long offset,
            int cost,
            Function<SegmentReply, ? extends Reply> success) {
        this.connection = connection;
        this.requestId = requestId;
        this.segment = segment;
        this.offset = offset;
        this.cost = cost;
        this.success = success;
    }

    int cost() {
        return cost;
    }

    /** What the peer is told if the segment is not in this process. */
    WrongHost wrongHost() {
        return new WrongHost(requestId, segment);
    }

    @Override
    public void reply(SegmentReply answer) {
        reply = answer;
        connection.answered(this);
    }

    @Override
    public void lost(String reason) {
        lost = reason;
        connection.answered(this);
    }

    @Override
    public void notExecuted(String reason) {
        notExecuted = true;
        lost(reason);
    }

    @Override
    void deliver() {
        if (connection.holdBack(this)) {
            return;
        }
        connection.requestAnswered(cost);
        SegmentReply answer = reply;
        if (notExecuted) {
            connection.send(wrongHost());
        } else if (answer == null) {
            connection.fail(lost);
        } else if (answer instanceof SegmentReply.Refusal refusal) {
            connection.send(refused(refusal));
        } else {
            connection.send(success.apply(answer));
        }
    }

    @Override
    void discard() {}

    private Reply refused(SegmentReply.Refusal refusal) {
        return refusal(refusal, requestId, segment, offset);
    }

    /** What the peer is told of a refusal of anything but an append. */
    static Reply refusal(SegmentReply.Refusal refusal, long requestId, String segment, long offset) {
        if (refusal instanceof SegmentReply.NoSuchSegment) {
            return new NoSuchSegment(requestId, segment, offset);
        } else if (refusal instanceof SegmentReply.Sealed) {
            return new SegmentIsSealed(requestId, segment, offset);
        } else if (refusal instanceof SegmentReply.Truncated truncated) {
            return new SegmentIsTruncated(requestId, segment, truncated.startOffset(), offset);
        } else if (refusal instanceof SegmentReply.AlreadyExists) {
            return new SegmentAlreadyExists(requestId, segment);
        } else if (refusal instanceof SegmentReply.BadArgument bad) {
            return new ErrorMessage(requestId, segment, bad.message(), ErrorMessage.ILLEGAL_ARGUMENT);
        }
        throw new IllegalStateException("no request but an append is refused with " + refusal);
    }
}
