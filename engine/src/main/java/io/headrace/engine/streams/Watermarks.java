/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.Emitted;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.NoteTimestampStatus;
import io.headrace.engine.streams.StreamReply.RemoveWriterStatus;
import io.headrace.engine.streams.WatermarkRule.Outcome;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * What writers say about time: up to which position a writer's events are not later than a timestamp. Once a period, what
 * the writers of a stream have noted is looked at; when all of them have gone on, a watermark is emitted.
 */
final class Watermarks {
    static final int MAX_WRITER_LENGTH = 1_024;
    private static final int MAX_WRITERS = 10_000;

    /** Writers that a turn looks at, at most, but for those of one stream; and the same of writers that it forgets. */
    private static final int ROUND = 1_000;

    private final WatermarkEmission emission;
    private final Rounds rounds;
    /** Of streams: writers that the others wait for, and since when. Volatile. */
    private final Map<StreamName, SortedMap<String, Long>> waiting = new HashMap<>();

    Watermarks(StreamsOptions options, WatermarkEmission emission) {
        this.emission = emission;
        this.rounds = new Rounds(options.watermarkMillis());
    }

    void note(StreamCommand.NoteTimestamp command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.fail(replyTo, Code.NOT_FOUND, "there is no stream " + command.stream());
        } else if (command.writer().length() > MAX_WRITER_LENGTH
                || command.position().offsets().size() > StreamTruncation.MAX_CUT) {
            c.reply(replyTo, NoteTimestampStatus.INTERNAL_ERROR);
        } else if (!StreamCuts.isKnown(stream.graph, command.position())) {
            c.reply(replyTo, NoteTimestampStatus.INVALID_POSITION);
        } else {
            c.reply(replyTo, note(stream, command.writer(), command.timestamp(), command.position(), c));
        }
    }

    static NoteTimestampStatus note(StreamData stream, String writer, long timestamp, StreamCut position, Context c) {
        if (stream.name().isMark() || stream.name().scope().equals(Names.SYSTEM_SCOPE)) {
            // No watermarks are emitted for these: there is nothing to remember.
            return NoteTimestampStatus.SUCCESS;
        }
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

    /** Looks at the streams whose turn it is. Streams without notes cost nothing. */
    void tick(Context c) {
        Rota noted = c.state().noted;
        if (waiting.size() > noted.size()) {
            waiting.keySet().removeIf(stream -> !noted.contains(stream));
        }
        int looked = 0;
        while (looked < ROUND && !emission.isFull()) {
            StreamName due = rounds.next(noted, c.now());
            if (due == null) {
                return;
            }
            StreamData stream = c.state().stream(due);
            if (stream != null && isReady(stream)) {
                pass(stream, c);
                looked += stream.writers.size();
            }
            looked++;
        }
    }

    private boolean isReady(StreamData stream) {
        // A commit may have noted positions in epochs that it has not put into the history yet.
        boolean isSettled = !(stream.work instanceof Work.Commit)
                || stream.writers.values().stream().allMatch(w -> StreamCuts.isKnown(stream.graph, w.position()));
        return isSettled
                && stream.state() != StreamState.CREATING
                && !(stream.work instanceof Work.DeleteStream)
                && !emission.isRunning(stream.name());
    }

    private void pass(StreamData stream, Context c) {
        StreamName name = stream.name();
        Emitted last = stream.mark == null ? null : stream.mark.last();
        Outcome outcome = WatermarkRule.decide(
                stream.graph,
                last == null ? null : last.watermark(),
                stream.writers.values(),
                waiting.getOrDefault(name, Collections.emptySortedMap()),
                stream.configuration.timestampAggregationTimeoutMillis(),
                c.now());
        if (outcome.waiting().isEmpty()) {
            waiting.remove(name);
        } else {
            waiting.put(name, outcome.waiting());
        }
        outcome.inactive().stream()
                .limit(ROUND)
                .forEach(w -> c.remove(new WriterRow(name, w.writer(), w.timestamp(), StreamCut.UNBOUNDED, false)));
        if (outcome.next() != null) {
            emission.begin(name, outcome.next(), c);
        }
    }
}
