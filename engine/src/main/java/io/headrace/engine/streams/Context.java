/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.Row.WorkRow;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.Work.Subject;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One turn of the machine: the state, and all that may be done to it and outside of it. */
final class Context {
    /** Largest row that a command may make, in bytes: a safe distance from the largest record. */
    private static final int MAX_ROW_BYTES = 768 << 10;

    private final Turn<StreamCommand, StreamReply> turn;
    private final State state;
    private final Works works;
    private final Waiters waiters;
    private final Set<Subject> released;
    private final Function<Subject, @Nullable Procedure> procedures;

    /** @param released receives the subjects whose work has ended in this turn */
    Context(
            Turn<StreamCommand, StreamReply> turn,
            State state,
            Works works,
            Waiters waiters,
            Set<Subject> released,
            Function<Subject, @Nullable Procedure> procedures) {
        this.turn = turn;
        this.state = state;
        this.works = works;
        this.waiters = waiters;
        this.released = released;
        this.procedures = procedures;
    }

    Turn<StreamCommand, StreamReply> turn() {
        return turn;
    }

    State state() {
        return state;
    }

    long now() {
        return turn.now();
    }

    /** Logs a new value of a row; when this returns, the state has it. */
    void put(Row row) {
        turn.log(RowCodec.record(RowCodec.PUT, row));
    }

    void remove(Row row) {
        turn.log(RowCodec.record(RowCodec.REMOVE, row));
    }

    /** Whether a row that holds what a caller sent is small enough to be logged. */
    static boolean fits(Row row) {
        return RowCodec.record(RowCodec.PUT, row).size() <= MAX_ROW_BYTES;
    }

    /** Replies once it is certain that what the reply says was still true when the command was executed. */
    void reply(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
        turn.replyConfirmed(replyTo, reply);
    }

    void fail(ReplyTo<? super StreamReply> replyTo, Code code, String message) {
        reply(replyTo, new Failed(code, message));
    }

    /** The caller is answered by {@link #answer}. */
    void park(Subject subject, Waiters.Event event, ReplyTo<? super StreamReply> replyTo) {
        waiters.park(subject, event, replyTo, turn);
    }

    /** Whether a caller waits for {@link #answer}. */
    boolean isAwaited(Subject subject, Waiters.Event event) {
        return waiters.isAwaited(subject, event);
    }

    void answer(Subject subject, Waiters.Event event, StreamReply reply) {
        waiters.answer(subject, event, reply, turn);
    }

    /** The command is executed when the work on the subject has ended. */
    void enqueue(Subject subject, StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
        waiters.enqueue(subject, command, replyTo, turn);
    }

    /** Remembers what is to be done next on a subject, and begins it. */
    void begin(Subject subject, Work work) {
        put(new WorkRow(subject, work));
        works.start(subject);
    }

    /** Begins (again) what state says is to be done on a subject. */
    void start(Subject subject) {
        works.start(subject);
    }

    boolean isRunning(Subject subject) {
        return works.isRunning(subject);
    }

    /** The work on a subject has ended: what waits for that is looked at, at the end of this turn. */
    void end(Subject subject) {
        Work work = state.work(subject);
        if (work != null) {
            remove(new WorkRow(subject, work));
        }
        released.add(subject);
    }

    /** Looks, at the end of this turn, whether there is something to be done on a subject. */
    void release(Subject subject) {
        released.add(subject);
    }

    @Nullable
    Procedure procedureOf(Subject subject) {
        return procedures.apply(subject);
    }
}
