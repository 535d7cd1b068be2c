/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.Row.ConfigurationRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.Waiters.Event;
import io.headrace.engine.streams.Work.ResplitStream;
import io.headrace.engine.streams.Work.Subject;
import io.headrace.engine.streams.Work.UpdateStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the configuration of a stream: tells the segments the new policy, replaces them all if there are not as many
 * as the policy wants, then puts the configuration in force.
 */
final class StreamUpdate implements Procedure {

    void update(StreamCommand.UpdateStream command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfStream(command.stream());
        StreamData stream = c.state().stream(command.stream());
        if (stream == null) {
            c.reply(replyTo, UpdateStreamStatus.STREAM_NOT_FOUND);
            return;
        }
        StreamConfiguration wanted = command.configuration();
        if (stream.isSealed()) {
            c.reply(replyTo, UpdateStreamStatus.STREAM_SEALED);
        } else if (!wanted.isValid()) {
            c.reply(replyTo, UpdateStreamStatus.FAILURE);
        } else if (stream.work instanceof UpdateStream || stream.work instanceof ResplitStream) {
            if (wanted.equals(wantedBy(stream.work))) {
                c.park(subject, Event.UPDATED, replyTo);
            } else {
                c.reply(replyTo, UpdateStreamStatus.FAILURE);
            }
        } else if (stream.isBusy()) {
            c.enqueue(subject, command, replyTo);
        } else if (wanted.equalsIgnoringTags(stream.configuration)
                && (!wanted.tags().equals(stream.configuration.tags()) || !needsResplit(stream, wanted))) {
            if (!wanted.equals(stream.configuration)) {
                c.put(new ConfigurationRow(command.stream(), wanted));
            }
            c.reply(replyTo, UpdateStreamStatus.SUCCESS);
        } else {
            c.put(stream.row.with(StreamState.UPDATING));
            c.park(subject, Event.UPDATED, replyTo);
            c.begin(subject, new UpdateStream(wanted));
        }
    }

    private static boolean needsResplit(StreamData stream, StreamConfiguration wanted) {
        int count = stream.current().segments().size();
        int min = wanted.scaling().minSegments();
        return count < min || (wanted.scaling().isFixed() && count != min);
    }

    private static StreamConfiguration wantedBy(Work work) {
        return work instanceof UpdateStream update ? update.configuration() : ((ResplitStream) work).configuration();
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamName name = ((Subject.OfStream) subject).stream();
        StreamData stream = c.state().stream(name);
        List<Call> calls = new ArrayList<>();
        if (stream == null) {
            return calls;
        }
        if (stream.work instanceof ResplitStream resplit) {
            return Scale.calls(stream, resplit.step(), resplit.transition(), resplit.configuration());
        }
        if (stream.work instanceof UpdateStream update) {
            ScalingPolicy policy = update.configuration().scaling();
            for (SegmentRange segment : stream.current().segments()) {
                calls.add(new Call.ToSegment(new SegmentCommand.UpdatePolicy(
                        SegmentNames.segment(name, segment.id()), policy.storeType(), policy.targetRate())));
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
        if (stream.work instanceof UpdateStream update) {
            if (needsResplit(stream, update.configuration())) {
                int count = update.configuration().scaling().minSegments();
                Transition transition = Transition.resplit(stream.current(), count);
                c.begin(subject, new ResplitStream(Scale.Step.CREATE, update.configuration(), transition));
            } else {
                finish(subject, stream, update.configuration(), c);
            }
        } else if (stream.work instanceof ResplitStream resplit) {
            Scale.Step next = Scale.completed(stream, resplit.step(), resplit.transition(), answers, c);
            if (next == null) {
                finish(subject, stream, resplit.configuration(), c);
            } else {
                c.begin(subject, new ResplitStream(next, resplit.configuration(), resplit.transition()));
            }
        }
    }

    private static void finish(Subject subject, StreamData stream, StreamConfiguration configuration, Context c) {
        c.put(new ConfigurationRow(stream.name(), configuration));
        c.put(stream.row.with(StreamState.ACTIVE));
        c.end(subject);
        c.answer(subject, Event.UPDATED, UpdateStreamStatus.SUCCESS);
    }
}
