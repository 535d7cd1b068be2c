/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.StreamReply.CheckScaleStatus;
import io.headrace.engine.streams.StreamReply.ScaleStarted;
import io.headrace.engine.streams.StreamReply.ScaleStatus;
import io.headrace.engine.streams.Work.ScaleStream;
import io.headrace.engine.streams.Work.Subject;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces segments of a stream by others. The order is what matters: the new segments exist before anybody hears of
 * them, and the successors are known before the old segments are sealed, for a writer takes a sealed segment without
 * successors for a sealed stream.
 */
final class Scale implements Procedure {

    /** What is to be done next. Constants are durable by their order. */
    enum Step {
        /** Create the new segments at the store; then the next epoch is remembered. */
        CREATE,
        /** Seal the old segments at the store. */
        SEAL,
        /** Ask for the final lengths of the old segments; then the next epoch becomes the current one. */
        MEASURE
    }

    void scale(StreamCommand.Scale command, ReplyTo<? super StreamReply> replyTo, Context c) {
        Subject subject = new Subject.OfStream(command.stream());
        StreamData stream = c.state().stream(command.stream());
        Transition past = stream == null ? null : past(stream.graph, command.sealedSegments());
        if (past != null && past.answers(command.sealedSegments(), command.ranges())) {
            c.reply(replyTo, started(past));
        } else if (stream == null
                || stream.isSealed()
                || stream.state() == StreamState.SEALING
                || stream.state() == StreamState.CREATING) {
            c.reply(replyTo, refused(ScaleStatus.FAILURE));
        } else if (stream.work instanceof ScaleStream running) {
            Transition transition = running.transition();
            c.reply(
                    replyTo,
                    transition.answers(command.sealedSegments(), command.ranges())
                            ? started(transition)
                            : refused(ScaleStatus.FAILURE));
        } else if (stream.isBusy()) {
            c.enqueue(subject, command, replyTo);
        } else {
            Transition transition = begin(stream, command.sealedSegments(), command.ranges(), c);
            int min = stream.configuration.scaling().minSegments();
            if (transition != null) {
                c.reply(replyTo, started(transition));
            } else if (Transition.validate(stream.current(), command.sealedSegments(), command.ranges(), min)
                    == Transition.Fault.PRECONDITION) {
                c.reply(replyTo, refused(ScaleStatus.PRECONDITION_FAILED));
            } else {
                c.reply(replyTo, refused(ScaleStatus.FAILURE));
            }
        }
    }

    /** The change that some segments have ended with, or null if they are current or a roll has ended them. */
    private static @Nullable Transition past(EpochGraph graph, Set<Long> sealed) {
        int epoch = sealed.stream().mapToInt(graph::sealedIn).max().orElse(Integer.MAX_VALUE);
        if (!graph.hasEpoch(epoch) || graph.epoch(epoch).reference() != epoch) {
            return null;
        }
        List<Long> ended = graph.epoch(epoch - 1).segments().stream()
                .map(SegmentRange::id)
                .filter(id -> graph.sealedIn(id) == epoch)
                .toList();
        List<SegmentRange> created = graph.epoch(epoch).segments().stream()
                .filter(s -> EpochGraph.createdIn(s.id()) == epoch)
                .sorted(Comparator.comparingLong(SegmentRange::id))
                .toList();
        return new Transition(epoch - 1, ended, created);
    }

    /** Begins to scale a stream that is not busy; null if it cannot be done. */
    static @Nullable Transition begin(StreamData stream, Set<Long> sealed, List<SegmentRange> ranges, Context c) {
        int min = stream.configuration.scaling().minSegments();
        if (Transition.validate(stream.current(), sealed, ranges, min) != Transition.Fault.NONE) {
            return null;
        }
        Transition transition = Transition.of(stream.current(), sealed, ranges);
        c.put(stream.row.with(StreamState.SCALING));
        c.begin(new Subject.OfStream(stream.name()), new ScaleStream(Step.CREATE, transition));
        return transition;
    }

    void check(StreamCommand.CheckScale command, ReplyTo<? super StreamReply> replyTo, Context c) {
        StreamData stream = c.state().stream(command.stream());
        if (stream == null || command.epoch() < 0 || command.epoch() > stream.row.currentEpoch()) {
            c.reply(replyTo, CheckScaleStatus.INVALID_INPUT);
            return;
        }
        Epoch current = stream.current();
        boolean present = command.epoch() == current.number() || command.epoch() == current.reference();
        c.reply(replyTo, present ? CheckScaleStatus.IN_PROGRESS : CheckScaleStatus.SUCCESS);
    }

    private static ScaleStarted started(Transition transition) {
        return new ScaleStarted(ScaleStatus.STARTED, transition.created(), transition.epoch());
    }

    private static ScaleStarted refused(ScaleStatus status) {
        return new ScaleStarted(status, List.of(), 0);
    }

    /** The calls of a step of any work that replaces segments. */
    static List<Call> calls(StreamData stream, Step step, Transition transition, StreamConfiguration configuration) {
        return switch (step) {
            case CREATE -> Calls.createAll(stream.name(), transition.created(), configuration);
            case SEAL -> Calls.sealAll(stream.name(), transition.sealed());
            case MEASURE -> Calls.lengths(stream.name(), transition.sealed());
        };
    }

    /** Logs what a step has led to, and tells which is next; null if that was the last one. */
    static @Nullable Step completed(StreamData stream, Step step, Transition transition, Answers answers, Context c) {
        StreamName name = stream.name();
        switch (step) {
            case CREATE -> {
                c.put(new EpochRow(name, transition.apply(stream.current(), c.now())));
                return Step.SEAL;
            }
            case SEAL -> {
                return Step.MEASURE;
            }
            case MEASURE -> {
                int next = transition.epoch() + 1;
                c.put(new SealedSizesRow(name, next, Calls.lengths(name, transition.sealed(), answers)));
                forgetCold(stream, transition.sealed(), c);
                c.put(stream.row.withEpoch(next));
            }
        }
        return null;
    }

    /** Segments that have ended are not cold. */
    static void forgetCold(StreamData stream, List<Long> segmentIds, Context c) {
        for (long id : segmentIds) {
            ColdRow cold = stream.cold.get(id);
            if (cold != null) {
                c.remove(cold);
            }
        }
    }

    @Override
    public List<Call> calls(Subject subject, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream != null && stream.work instanceof ScaleStream scale) {
            return calls(stream, scale.step(), scale.transition(), stream.configuration);
        }
        return List.of();
    }

    @Override
    public void completed(Subject subject, Answers answers, Context c) {
        StreamData stream = c.state().stream(((Subject.OfStream) subject).stream());
        if (stream != null && stream.work instanceof ScaleStream scale) {
            Step next = completed(stream, scale.step(), scale.transition(), answers, c);
            if (next == null) {
                c.put(stream.row.with(StreamState.ACTIVE));
                c.end(subject);
            } else {
                c.begin(subject, new ScaleStream(next, scale.transition()));
            }
        }
    }
}
