/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.AppendReply.ConditionalCheckFailed;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.AppendStream;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.wire.AnswerQueue.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One set-up of a writer on one connection: where the replies to its appends go. A partition answers the appends of a
 * writer in their order, so the oldest unanswered one is always meant. Unconditional appends that are answered together
 * share one acknowledgement.
 */
final class Writer implements ReplyTo<SegmentReply> {
    /** What an append costs beside its data, in bytes: objects on its way, and its reply. */
    static final int APPEND_OVERHEAD = 512;

    private final WireConnection connection;
    private final UUID id;
    private final String segment;
    private final int partition;

    private final Deque<Sent> unanswered = new ArrayDeque<>(4);

    /** The newest append that can still be acknowledged together with the next one, and what came before the first. */
    private SegmentReply.@Nullable Appended appended;

    private long previousEventNumber;
    private long requestId;

    private record Sent(long requestId, long eventNumber, boolean conditional, int cost) {}

    Writer(WireConnection connection, UUID id, String segment, int partition) {
        this.connection = connection;
        this.id = id;
        this.segment = segment;
        this.partition = partition;
    }

    /** Index of the partition that has the segment. */
    int partition() {
        return partition;
    }

    String segment() {
        return segment;
    }

    /** Notes an append that is handed over; returns what it costs, in bytes. */
    int sent(AppendStream.Append append) {
        int cost = append.data().readableBytes() + APPEND_OVERHEAD;
        boolean conditional = append.expectedOffset() != AppendStream.UNCONDITIONAL;
        unanswered.addLast(new Sent(append.requestId(), append.eventNumber(), conditional, cost));
        return cost;
    }

    @Override
    public void reply(SegmentReply reply) {
        connection.answered(new AppendAnswer(reply, ""));
    }

    @Override
    public void lost(String reason) {
        connection.answered(new AppendAnswer(null, reason));
    }

    /** Sends the acknowledgement that was held back for more. */
    void acknowledge() {
        SegmentReply.Appended last = appended;
        if (last != null) {
            appended = null;
            connection.send(new DataAppended(id, last.eventNumber(), previousEventNumber, requestId, last.length()));
        }
    }

    private void answer(@Nullable SegmentReply reply, String lost) {
        Sent append = unanswered.removeFirst();
        connection.appendAnswered(append.cost);
        if (reply instanceof SegmentReply.Appended now && !append.conditional) {
            if (appended == null) {
                previousEventNumber = now.previousEventNumber();
                connection.acknowledgeLater(this);
            }
            appended = now;
            requestId = append.requestId;
        } else {
            acknowledge();
            answerAlone(append, reply, lost);
        }
    }

    private void answerAlone(Sent append, @Nullable SegmentReply reply, String lost) {
        if (reply instanceof SegmentReply.Appended done) {
            connection.send(new DataAppended(
                    id, done.eventNumber(), done.previousEventNumber(), append.requestId, done.length()));
        } else if (reply instanceof SegmentReply.ConditionFailed) {
            connection.send(new ConditionalCheckFailed(id, append.eventNumber, append.requestId));
        } else if (reply instanceof SegmentReply.Sealed) {
            connection.send(new SegmentIsSealed(append.requestId, segment, append.eventNumber));
        } else if (reply instanceof SegmentReply.NoSuchSegment) {
            connection.send(new NoSuchSegment(append.requestId, segment, -1));
        } else if (reply instanceof SegmentReply.InvalidEventNumber) {
            connection.send(new InvalidEventNumber(id, append.requestId, append.eventNumber));
            connection.end("writer " + id + " has to be set up again for " + segment);
        } else if (reply == null) {
            connection.fail(lost);
        } else {
            connection.fail("an append to " + segment + " was refused: " + reply);
        }
    }

    private final class AppendAnswer extends Answer {
        private final @Nullable SegmentReply reply;
        private final String lost;

        AppendAnswer(@Nullable SegmentReply reply, String lost) {
            this.reply = reply;
            this.lost = lost;
        }

        @Override
        void deliver() {
            answer(reply, lost);
        }

        @Override
        void discard() {}
    }
}
