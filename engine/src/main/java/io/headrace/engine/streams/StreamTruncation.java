/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.StreamCuts.Order;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import io.headrace.engine.streams.Work.TruncateStream;
import io.headrace.engine.streams.Work.VerifyCut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Moves the head of a stream forward: makes sure that the cut lies within the data, makes it the head, then truncates
 * the segments of the cut and deletes those before it.
 */
final class StreamTruncation implements Procedure {

    /** Most segments that a cut may name. */
    static final int MAX_CUT = 2 * ScalingPolicy.MAX_SEGMENTS;

    void truncate(StreamCommand.TruncateStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfStream(command.stream());
        StreamData stream = c.state().stream(command.stream());
        StreamCut cut = command.cut();
        if (stream == null) {
            c.reply(replyTo, UpdateStreamStatus.STREAM_NOT_FOUND);
        } else if (stream.isSealed()) {
            c.reply(replyTo, UpdateStreamStatus.STREAM_SEALED);
        } else if (stream.work instanceof VerifyCut || stream.work instanceof TruncateStream) {
            if (cut.equals(cutOf(stream.work))) {
                c.park(subject, Event.TRUNCATED, replyTo);
            } else if (c.isAwaited(subject, Event.TRUNCATED)) {
                c.reply(replyTo, UpdateStreamStatus.FAILURE);
            } else {
                // Retention's, or that of a caller who has gone: no conflict.
                c.enqueue(subject, command, replyTo);
            }
        } else if (stream.isBusy()) {
            c.enqueue(subject, command, replyTo);
        } else if (cut.offsets().size() > MAX_CUT || !StreamCuts.isValid(stream.graph, cut)) {
            c.reply(replyTo, UpdateStreamStatus.FAILURE);
        } else if (cut.equals(stream.head())) {
            c.reply(replyTo, UpdateStreamStatus.SUCCESS);
        } else if (!begin(stream, cut, c)) {
            c.reply(replyTo, UpdateStreamStatus.FAILURE);
        } else {
            c.park(subject, Event.TRUNCATED, replyTo);
        }
    }

    /** Begins to truncate a stream that is not busy at a valid cut; false if that lies before the head somewhere. */
    static boolean begin(StreamData stream, StreamCut cut, Context c) {
        if (StreamCuts.compare(stream.graph, cut, stream.head()) != Order.EQUAL_OR_AFTER) {
            return false;
        }
        c.put(stream.row.with(StreamState.TRUNCATING));
        c.begin(new Subject.OfStream(stream.name()), new VerifyCut(cut));
        return true;
    }

    private static StreamCut cutOf(Work work) {
        return work instanceof VerifyCut verify ? verify.cut() : ((TruncateStream) work).cut();
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamName name = ((Subject.OfStream) subject).stream();
        StreamData stream = c.state().stream(name);
        if (stream == null) {
            return List.of();
        }
        if (stream.work instanceof VerifyCut verify) {
            return Calls.lengths(name, unmeasured(stream, verify.cut()));
        }
        List<Call> calls = new ArrayList<>();
        if (stream.work instanceof TruncateStream truncate) {
            truncate.cut().offsets().forEach((id, offset) -> {
                if (offset > 0) {
                    calls.add(new Call.ToSegment(new SegmentCommand.Truncate(SegmentNames.segment(name, id), offset)));
                }
            });
            for (SegmentRange s : StreamCuts.segmentsBetween(stream.graph, truncate.former(), truncate.cut())) {
                if (!truncate.cut().offsets().containsKey(s.id())) {
                    calls.add(Calls.delete(SegmentNames.segment(name, s.id())));
                }
            }
        }
        return calls;
    }

    /** Segments of a cut whose length is not known here and matters. */
    private static List<Long> unmeasured(StreamData stream, StreamCut cut) {
        List<Long> ids = new ArrayList<>();
        cut.offsets().forEach((id, offset) -> {
            if (offset > 0 && !stream.sealedSizes.containsKey(id)) {
                ids.add(id);
            }
        });
        return ids;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream == null) {
            return;
        }
        if (stream.work instanceof VerifyCut verify) {
            StreamCut cut = verify.cut();
            if (liesWithin(stream, cut, Calls.lengths(stream.name(), unmeasured(stream, cut), answers))) {
                StreamCut former = stream.head();
                long size = stream.sizeBeforeHead() + StreamCuts.size(stream.graph, stream.sealedSizes, former, cut);
                c.put(new TruncationRow(stream.name(), cut, size));
                c.begin(subject, new TruncateStream(former, cut));
            } else {
                end(subject, stream, UpdateStreamStatus.FAILURE, c);
            }
        } else {
            end(subject, stream, UpdateStreamStatus.SUCCESS, c);
        }
    }

    private static boolean liesWithin(StreamData stream, StreamCut cut, Map<Long, Long> lengths) {
        for (Map.Entry<Long, Long> entry : cut.offsets().entrySet()) {
            long length = stream.sealedSizes.getOrDefault(entry.getKey(), lengths.getOrDefault(entry.getKey(), 0L));
            if (entry.getValue() > length) {
                return false;
            }
        }
        return true;
    }

    private static void end(Subject subject, StreamData stream, UpdateStreamStatus status, Context c) {
        c.put(stream.row.with(StreamState.ACTIVE));
        c.end(subject);
        c.answer(subject, Event.TRUNCATED, status);
    }
}
