/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.wire.AnswerQueue.Answer;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A read that is not answered yet. Replies repeat its segment and offset: that is how readers find the request. */
final class PendingRead extends Answer implements ReplyTo<SegmentReply> {
    private final WireConnection connection;
    private final ReadSegment read;

    private @Nullable SegmentReply reply;
    private String lost = "";

    PendingRead(WireConnection connection, ReadSegment read) {
        this.connection = connection;
        this.read = read;
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
    void deliver() {
        connection.readAnswered();
        SegmentReply answer = reply;
        if (answer instanceof SegmentReply.Data data) {
            int length = data.data().readableBytes();
            ByteBuf bytes = connection.shorten(data.data());
            boolean whole = bytes.readableBytes() == length;
            connection.send(new SegmentRead(
                    read.segment(),
                    read.offset(),
                    whole && data.atTail(),
                    whole && data.endOfSegment(),
                    bytes,
                    read.requestId()));
        } else if (answer instanceof SegmentReply.Refusal refusal) {
            connection.send(PendingRequest.refusal(refusal, read.requestId(), read.segment(), read.offset()));
        } else if (answer == null) {
            // To read again does no harm, and whoever has the segment now will say more.
            connection.send(new WrongHost(read.requestId(), read.segment(), "", lost));
        } else {
            throw new IllegalStateException("a read is not answered with " + answer);
        }
    }

    @Override
    void discard() {
        if (reply instanceof SegmentReply.Data data) {
            data.data().release();
        }
    }
}
