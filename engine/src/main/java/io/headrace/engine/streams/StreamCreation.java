/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.InternalCommand.EnsureStream;
import io.headrace.engine.streams.Row.ConfigurationRow;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates a stream: remembers it with its first epoch, then creates the segments and, but for a mark stream, the mark
 * stream beside it. A caller is answered when all of that is done.
 */
final class StreamCreation implements Procedure {

    void create(StreamCommand.CreateStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (!Names.isStreamName(command.stream().stream())) {
            c.reply(replyTo, CreateStreamStatus.INVALID_STREAM_NAME);
        } else if (scope == null || scope.row.removing()) {
            c.reply(replyTo, CreateStreamStatus.SCOPE_NOT_FOUND);
        } else {
            create(scope, command.stream(), command.configuration(), replyTo, c);
        }
    }

    void ensure(EnsureStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        ScopeData scope = c.state().scope(command.scope());
        if (scope == null) {
            c.reply(replyTo, CreateStreamStatus.SCOPE_NOT_FOUND);
        } else {
            create(scope, command.stream(), command.configuration(), replyTo, c);
        }
    }

    private static void create(
            ScopeData scope,
            StreamName name,
            StreamConfiguration configuration,
            ReplyTo<? super StreamReply> replyTo,
            Context c) {
        Subject subject = new Subject.OfStream(name);
        StreamData stream = scope.streams.get(name.stream());
        if (stream != null) {
            if (stream.state() == StreamState.CREATING) {
                c.park(subject, Event.CREATED, replyTo);
            } else {
                c.reply(replyTo, CreateStreamStatus.STREAM_EXISTS);
            }
            return;
        }
        int first = c.state().firstNumber(name);
        int count = configuration.scaling().minSegments();
        if (!configuration.isValid() || (long) first + count > Integer.MAX_VALUE) {
            c.reply(replyTo, CreateStreamStatus.FAILURE);
            return;
        }
        List<SegmentRange> segments = new ArrayList<>(count);
        for (SegmentRange range : Transition.equalRanges(count)) {
            long id = SegmentName.id(0, first + segments.size());
            segments.add(new SegmentRange(id, range.low(), range.high()));
        }
        c.put(new StreamRow(name, StreamState.CREATING, c.now(), 0, 1));
        c.put(new ConfigurationRow(name, configuration));
        c.put(new EpochRow(name, new Epoch(0, 0, c.now(), segments)));
        c.park(subject, Event.CREATED, replyTo);
        c.begin(subject, new Work.CreateStream());
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamName name = ((Subject.OfStream) subject).stream();
        StreamData stream = c.state().stream(name);
        if (stream == null) {
            return List.of();
        }
        List<Call> calls = Calls.createAll(name, stream.current().segments(), stream.configuration);
        if (!name.isMark()) {
            calls.add(Calls.to(new EnsureStream(name.mark(), StreamConfiguration.of(ScalingPolicy.fixed(1)))));
        }
        return calls;
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream != null) {
            c.put(stream.row.with(StreamState.ACTIVE));
            c.end(subject);
            c.answer(subject, Event.CREATED, CreateStreamStatus.SUCCESS);
        }
    }
}
