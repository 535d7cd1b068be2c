/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.RetiredRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamReply.DeleteStreamStatus;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.DeleteStream;
import io.headrace.engine.streams.Work.SealStream;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Seals and deletes streams. A stream that is to be sealed waits in the state SEALING until none of its transactions is
 * left; then its segments are sealed. Nothing follows them, which tells clients that the stream is sealed.
 */
final class StreamEnd implements Procedure {

    void seal(StreamCommand.SealStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfStream(command.stream());
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.reply(replyTo, UpdateStreamStatus.STREAM_NOT_FOUND);
        } else if (stream.isSealed()) {
            c.reply(replyTo, UpdateStreamStatus.SUCCESS);
        } else if (stream.state() == StreamState.SEALING) {
            c.park(subject, Event.SEALED, replyTo);
        } else if (stream.isBusy()) {
            c.enqueue(subject, command, replyTo);
        } else {
            c.put(stream.row.with(StreamState.SEALING));
            c.park(subject, Event.SEALED, replyTo);
            c.release(subject);
        }
    }

    void delete(StreamCommand.DeleteStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfStream(command.stream());
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.reply(replyTo, DeleteStreamStatus.STREAM_NOT_FOUND);
        } else if (!stream.isSealed()) {
            c.reply(replyTo, DeleteStreamStatus.STREAM_NOT_SEALED);
        } else {
            c.park(subject, Event.DELETED, replyTo);
            if (!(stream.work instanceof DeleteStream)) {
                c.begin(subject, new DeleteStream(false));
            }
        }
    }

    /** Brings a stream that is to be sealed a step nearer to that, if nothing else is going on. */
    void proceed(StreamData stream, Transactions transactions, Context c) {
        if (stream.state() != StreamState.SEALING || stream.work != null) {
            return;
        }
        transactions.abortOpen(stream, c);
        if (stream.transactions.isEmpty()) {
            c.begin(new Subject.OfStream(stream.name()), new SealStream());
        }
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamName name = ((Subject.OfStream) subject).stream();
        StreamData stream = c.state().stream(name);
        List<Call> calls = new ArrayList<>();
        if (stream == null) {
            return calls;
        }
        if (stream.work instanceof SealStream) {
            stream.current().segments().forEach(s -> calls.add(Calls.seal(name, s.id())));
        } else if (stream.work instanceof DeleteStream delete) {
            if (!delete.markSealed()) {
                if (!name.isMark()) {
                    calls.add(Calls.to(new StreamCommand.SealStream(name.mark())));
                }
                return calls;
            }
            if (!name.isMark()) {
                calls.add(Calls.to(new StreamCommand.DeleteStream(name.mark())));
            }
            int oldest = StreamCuts.span(stream.graph, stream.head()).low();
            for (SegmentRange segment : stream.graph.segmentsOf(oldest, stream.graph.size() - 1)) {
                calls.add(Calls.delete(SegmentNames.segment(name, segment.id())));
            }
        }
        return calls;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream == null) {
            return;
        }
        if (stream.work instanceof SealStream) {
            c.put(stream.row.with(StreamState.SEALED));
            c.end(subject);
            c.answer(subject, Event.SEALED, UpdateStreamStatus.SUCCESS);
        } else if (stream.work instanceof DeleteStream delete) {
            if (!delete.markSealed()) {
                c.begin(subject, new DeleteStream(true));
            } else {
                c.put(new RetiredRow(stream.name(), stream.graph.highestNumber() + 1));
                c.end(subject);
                c.remove(stream.row);
                c.answer(subject, Event.DELETED, DeleteStreamStatus.SUCCESS);
            }
        }
    }
}
