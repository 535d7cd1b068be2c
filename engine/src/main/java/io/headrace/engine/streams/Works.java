/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Slots;
import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.InternalCommand.CallDone;
import io.headrace.engine.streams.Work.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of unfinished work: makes the calls of a step, repeats those that are refused or stay unanswered, and
 * tells the {@link Procedure} when all of them have had their effect. Volatile: what is to be done stands in the state,
 * and a new owner begins the present step of each work anew.
 */
final class Works {
    private static final Logger LOG = LoggerFactory.getLogger(Works.class);

    /** Calls of one run that wait for an answer at a time. */
    private static final int WINDOW = 32;

    /** Steps that run at a time; the others wait for their turn. */
    private static final int MAX_RUNS = 512;

    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long MAX_RETRY_MILLIS = 2_000;

    private final SegmentCalls segments;
    private final StreamCalls streams;
    private final Consumer<StreamCommand> self;
    private final long callMillis;

    private final Set<Subject> waiting = new LinkedHashSet<>();
    private final Map<Long, Run> runs = new LinkedHashMap<>();
    private final Map<Subject, Run> bySubject = new HashMap<>();
    private final CallNumbers toSegments;
    private final CallNumbers toStreams;
    private long lastRun;

    /** @param partition number of this one */
    Works(SegmentCalls segments, StreamCalls streams, Consumer<StreamCommand> self, long callMillis, int partition) {
        this.toSegments = new CallNumbers(partition);
        this.toStreams = new CallNumbers(partition);
        this.segments = segments;
        this.streams = streams;
        this.self = self;
        this.callMillis = callMillis;
    }

    /** One run of one step. */
    private static final class Run {
        final long id;
        final Subject subject;
        final Procedure procedure;
        final List<Call> calls;
        final List<@Nullable SegmentReply> replies;
        final boolean[] answered;
        final int[] attempts;
        /** Numbers of the calls that have been made. */
        final long[] numbers;
        /** When a call is made again unless it is answered; 0 as long as it has not been made. */
        final long[] due;

        int unanswered;
        int inFlight;
        int next;
        long nextDue = Long.MAX_VALUE;

        Run(long id, Subject subject, Procedure procedure, List<Call> calls) {
            this.id = id;
            this.subject = subject;
            this.procedure = procedure;
            this.calls = calls;
            this.replies = new ArrayList<>(Collections.nCopies(calls.size(), null));
            this.answered = new boolean[calls.size()];
            this.attempts = new int[calls.size()];
            this.numbers = new long[calls.size()];
            this.due = new long[calls.size()];
            this.unanswered = calls.size();
        }
    }

    /**
     * Takes over as owner of that number.
     *
     * @param firstRun numbers runs so that answers to calls of a former owner are not taken for answers to this one's
     */
    void begin(long owner, long firstRun) {
        toSegments.begin(owner);
        toStreams.begin(owner);
        lastRun = firstRun;
    }

    /** Whether a call that has come to this partition is one of its own, and still to have its effect. */
    boolean isOpen(CallStamp stamp, StreamCommand command) {
        return toStreams.isOpen(slotOf(command), stamp);
    }

    private static int slotOf(StreamCommand command) {
        return Slots.ofScope(command.scope());
    }

    private static int slotOf(SegmentCommand command) {
        return Slots.of(command.segment());
    }

    /** Begins the present step of the work on a subject, at the end of this turn. */
    void start(Subject subject) {
        if (!bySubject.containsKey(subject)) {
            waiting.add(subject);
        }
    }

    boolean isRunning(Subject subject) {
        return bySubject.containsKey(subject) || waiting.contains(subject);
    }

    int size() {
        return runs.size() + waiting.size();
    }

    /** Begins one step that waits; false if there is none, or too many run. */
    boolean runNext(Context context) {
        if (waiting.isEmpty() || runs.size() >= MAX_RUNS) {
            return false;
        }
        Subject subject = waiting.iterator().next();
        waiting.remove(subject);
        Procedure procedure = context.procedureOf(subject);
        if (procedure == null) {
            return true;
        }
        List<Call> calls = procedure.calls(subject, context);
        if (calls.isEmpty()) {
            procedure.completed(subject, new Answers(List.of(), List.of()), context);
            return true;
        }
        Run run = new Run(++lastRun, subject, procedure, calls);
        runs.put(run.id, run);
        bySubject.put(subject, run);
        send(run, context);
        return true;
    }

    /** The answer to a call has come, or the call was lost. */
    void callDone(CallDone done, Context context) {
        Run run = runs.get(done.run());
        if (run == null || done.call() >= run.answered.length || run.answered[done.call()]) {
            return;
        }
        int index = done.call();
        Call call = run.calls.get(index);
        SegmentReply segmentReply = done.segmentReply();
        StreamReply streamReply = done.streamReply();
        boolean accepted;
        if (call instanceof Call.ToSegment c) {
            accepted = segmentReply != null && Call.accepts(c.command(), segmentReply);
        } else {
            accepted = streamReply != null && Call.accepts(((Call.ToStream) call).command(), streamReply);
        }
        if (!accepted) {
            retryLater(run, index, segmentReply == null ? streamReply : segmentReply, context);
            return;
        }
        settle(run, index);
        run.answered[index] = true;
        run.replies.set(index, segmentReply);
        run.unanswered--;
        run.inFlight--;
        if (run.unanswered > 0) {
            send(run, context);
        } else {
            runs.remove(run.id);
            bySubject.remove(run.subject);
            run.procedure.completed(run.subject, new Answers(run.calls, run.replies), context);
        }
    }

    private void settle(Run run, int index) {
        if (run.calls.get(index) instanceof Call.ToSegment c) {
            toSegments.settle(slotOf(c.command()), run.numbers[index]);
        } else if (run.calls.get(index) instanceof Call.ToStream c) {
            toStreams.settle(slotOf(c.command()), run.numbers[index]);
        }
    }

    private void retryLater(Run run, int index, @Nullable Object reply, Context context) {
        int attempts = run.attempts[index];
        long delay = Math.min(MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(attempts, 10));
        run.due[index] = Math.min(run.due[index], context.now() + delay);
        run.nextDue = Math.min(run.nextDue, run.due[index]);
        if (attempts % 10 == 5) {
            LOG.warn("{}: still refused, {} attempts: {} -> {}", run.subject, attempts, run.calls.get(index), reply);
        }
    }

    /** Repeats calls that are due. */
    void tick(Context context) {
        for (Run run : runs.values()) {
            if (run.nextDue > context.now()) {
                continue;
            }
            run.nextDue = Long.MAX_VALUE;
            for (int i = 0; i < run.next; i++) {
                if (run.answered[i]) {
                    continue;
                }
                if (run.due[i] <= context.now()) {
                    make(run, i, context);
                }
                run.nextDue = Math.min(run.nextDue, run.due[i]);
            }
        }
    }

    private void send(Run run, Context context) {
        while (run.inFlight < WINDOW && run.next < run.calls.size()) {
            run.inFlight++;
            make(run, run.next++, context);
        }
    }

    private void make(Run run, int index, Context context) {
        run.attempts[index]++;
        run.due[index] = context.now() + callMillis;
        run.nextDue = Math.min(run.nextDue, run.due[index]);
        Call call = run.calls.get(index);
        if (call instanceof Call.ToSegment c) {
            make(run, index, c.command(), context);
        } else {
            make(run, index, ((Call.ToStream) call).command(), context);
        }
    }

    private void make(Run run, int index, SegmentCommand command, Context context) {
        int slot = slotOf(command);
        if (run.numbers[index] == 0) {
            run.numbers[index] = toSegments.next(slot);
        }
        long id = run.id;
        ReplyTo<SegmentReply> replyTo = new ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {
                self.accept(new CallDone(id, index, reply, null));
            }

            @Override
            public void lost(String reason) {
                self.accept(new CallDone(id, index, null, null));
            }
        };
        SegmentCommand.Called called = new SegmentCommand.Called(toSegments.stamp(slot, run.numbers[index]), command);
        context.turn().afterCommit(() -> segments.call(called, replyTo));
    }

    private void make(Run run, int index, StreamCommand command, Context context) {
        int slot = slotOf(command);
        if (run.numbers[index] == 0) {
            run.numbers[index] = toStreams.next(slot);
        }
        long id = run.id;
        ReplyTo<StreamReply> replyTo = new ReplyTo<>() {
            @Override
            public void reply(StreamReply reply) {
                self.accept(new CallDone(id, index, null, reply));
            }

            @Override
            public void lost(String reason) {
                self.accept(new CallDone(id, index, null, null));
            }
        };
        InternalCommand.Called called = new InternalCommand.Called(toStreams.stamp(slot, run.numbers[index]), command);
        context.turn().afterCommit(() -> streams.call(called, replyTo));
    }
}
