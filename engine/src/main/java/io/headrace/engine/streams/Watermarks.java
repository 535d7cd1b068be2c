/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.NoteTimestampStatus;
import io.headrace.engine.streams.StreamReply.RemoveWriterStatus;

/** What writers say about time: up to which position a writer's events are not later than a timestamp. */
final class Watermarks {
    static final int MAX_WRITER_LENGTH = 1_024;
    private static final int MAX_WRITERS = 10_000;

    void note(StreamCommand.NoteTimestamp command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no stream " + command.stream());
        } else if (command.writer().length() > MAX_WRITER_LENGTH
                || command.position().offsets().size() > StreamTruncation.MAX_CUT) {
            c.reply(replyTo, NoteTimestampStatus.INTERNAL_ERROR);
        } else {
            c.reply(replyTo, note(stream, command.writer(), command.timestamp(), command.position(), c));
        }
    }

    static NoteTimestampStatus note(StreamData stream, String writer, long timestamp, StreamCut position, Context c) {
        WriterRow known = stream.writers.get(writer);
        if (known == null && stream.writers.size() >= MAX_WRITERS) {
            return NoteTimestampStatus.INTERNAL_ERROR;
        }
        if (known != null && timestamp < known.timestamp()) {
            return NoteTimestampStatus.INVALID_TIME;
        }
        if (known != null && isBehind(position, known.position())) {
            return NoteTimestampStatus.INVALID_POSITION;
        }
        c.put(new WriterRow(stream.name(), writer, timestamp, position, true));
        return NoteTimestampStatus.SUCCESS;
    }

    /** Whether some segment that is in both has a smaller offset in the first. */
    private static boolean isBehind(StreamCut position, StreamCut known) {
        return position.offsets().entrySet().stream()
                .anyMatch(e -> e.getValue() < known.offsets().getOrDefault(e.getKey(), Long.MIN_VALUE));
    }

    void removeWriter(StreamCommand.RemoveWriter command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        WriterRow known = stream == null ? null : stream.writers.get(command.writer());
        if (known == null) {
            c.reply(replyTo, RemoveWriterStatus.UNKNOWN_WRITER);
            return;
        }
        if (known.alive()) {
            c.put(new WriterRow(known.name(), known.writer(), known.timestamp(), known.position(), false));
        }
        c.reply(replyTo, RemoveWriterStatus.SUCCESS);
    }
}
