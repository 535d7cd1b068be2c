/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sets writers up and appends what they write. */
final class Appends {
    private final Connections connections;
    private final LoadMeters loads;
    private final Reads reads;
    private final @Nullable Tiering tiering;

    Appends(Connections connections, LoadMeters loads, Reads reads, @Nullable Tiering tiering) {
        this.connections = connections;
        this.loads = loads;
        this.reads = reads;
        this.tiering = tiering;
    }

    void setUp(
            Segment segment,
            SegmentCommand.SetupAppend command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        UUID writer = command.writer();
        if (writer.getMostSignificantBits() == Segment.SERVER_KEPT) {
            turn.reply(replyTo, new SegmentReply.BadArgument("writer id " + writer + " is kept for the server"));
            return;
        }
        // First, for it may be missing; from here on it stays in memory.
        long last = attribute(segment, writer);
        String refusal = connections.bind(segment, writer, command.connection());
        if (refusal != null) {
            turn.reply(replyTo, new SegmentReply.BadArgument(refusal));
        } else {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.AppendReady(last));
        }
    }

    void append(
            Segment segment,
            SegmentCommand.Append command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        UUID writer = command.writer();
        // Of a writer that is bound it is in memory, and only that counts: an append never waits for a row.
        long previous = segment.attributes.inMemory(writer.getMostSignificantBits(), writer.getLeastSignificantBits());
        SegmentReply refusal = null;
        if (segment.sealed) {
            refusal = new SegmentReply.Sealed(segment.name);
        } else if (!connections.isBound(segment, writer, command.connection()) || command.eventNumber() <= previous) {
            refusal = new SegmentReply.InvalidEventNumber(writer, command.eventNumber());
        } else if (command.expectedLength() >= 0 && command.expectedLength() != segment.length) {
            refusal = new SegmentReply.ConditionFailed(writer, command.eventNumber());
        } else if (command.eventCount() < 1) {
            refusal = new SegmentReply.BadArgument("an append has at least one event, not " + command.eventCount());
        }
        if (refusal != null) {
            turn.replyAfter(segment.changedIn, replyTo, refusal);
            return;
        }
        log(segment, writer, command.eventNumber(), command.eventCount(), command.data(), turn);
        loads.appended(segment, command.data().readableBytes(), command.eventCount(), turn);
        if (tiering != null) {
            tiering.appended(segment, turn);
        }
        reads.wake(segment, turn);
        turn.reply(replyTo, new SegmentReply.Appended(writer, command.eventNumber(), previous, segment.length));
    }

    void appendAt(
            Segment segment,
            SegmentCommand.AppendAt command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        UUID writer = command.writer();
        long offset = command.offset();
        SegmentReply answer;
        if (offset < 0 || !command.data().isReadable()) {
            answer = new SegmentReply.BadArgument(
                    "an append at an offset needs one of at least 0, not " + offset + ", and at least one byte");
        } else if (attribute(segment, writer) >= offset) {
            answer = SegmentReply.Ok.INSTANCE;
        } else if (segment.sealed) {
            answer = new SegmentReply.Sealed(segment.name);
        } else if (offset != segment.length) {
            answer = new SegmentReply.ConditionFailed(writer, offset);
        } else {
            log(segment, writer, offset, 1, command.data(), turn);
            if (tiering != null) {
                tiering.appended(segment, turn);
            }
            reads.wake(segment, turn);
            answer = SegmentReply.Ok.INSTANCE;
        }
        turn.replyAfter(segment.changedIn, replyTo, answer);
    }

    /** Logs an append as one record or, if it is too large for that, as parts and a last record of one batch. */
    private static void log(
            Segment segment,
            UUID writer,
            long number,
            int eventCount,
            ByteBuf data,
            Turn<SegmentCommand, SegmentReply> turn) {
        int at = data.readerIndex();
        int left = data.readableBytes();
        while (left > SegmentRecord.Append.MAX_DATA) {
            int length = Math.min(left, SegmentRecord.AppendPart.MAX_DATA);
            turn.log(new SegmentRecord.AppendPart(segment.id, data.slice(at, length)));
            at += length;
            left -= length;
        }
        turn.log(new SegmentRecord.Append(
                segment.id,
                turn.now(),
                writer.getMostSignificantBits(),
                writer.getLeastSignificantBits(),
                number,
                eventCount,
                left == data.readableBytes() ? data : data.slice(at, left)));
    }

    private static long attribute(Segment segment, UUID id) {
        return segment.attribute(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
