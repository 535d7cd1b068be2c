/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic state machine that a {@link Partition} runs: {@link #execute} reads state and logs records through
 * its {@link Turn}; {@link #apply} is the only method that changes durable state, live and in recovery, and it sees
 * nothing but the bytes that were logged.
 *
 * <p>Beside durable state a machine may keep volatile state of its present owner (waiting reads, connections, running
 * calls). That starts empty with each owner and must never influence what {@link #apply} does.
 *
 * @param <C> commands
 * @param <R> replies
 */
public interface StateMachine<C, R> {

    /**
     * Executes one command: checks it against the state, logs records, and replies now or later. All records that one
     * call logs form a batch: after a crash either all of them are replayed or none.
     */
    void execute(C command, ReplyTo<? super R> replyTo, Turn<C, R> turn);

    /**
     * Applies one record. While the machine serves, what that needs is in memory, for the command that logged the record
     * has needed it. In replay it may not be: then {@link io.headrace.engine.state.NotInMemory} is thrown before anything
     * has changed, and the same record is applied again.
     *
     * @param type as in {@link LogRecord#type()}
     * @param body the record's bytes; valid during the call only. Keep (frame, offset), not the buffer
     * @param frame number of the frame that holds the record
     * @param offset position in the frame where {@code body} starts, for {@link Turn#frame}
     */
    void apply(int type, ByteBuf body, long frame, int offset);

    /**
     * Says what {@link #apply} of a record would miss, as far as that can be told before the records in front of it are
     * applied. Called in replay with records that are still to come, so that what many of them need is fetched together.
     *
     * @throws io.headrace.engine.state.NotInMemory with what is missing
     */
    default void need(int type, ByteBuf body) {}

    /**
     * Durable state that is kept as rows, apart from the snapshot; the same object in each call. Null if the snapshot is
     * all. Whoever reads rows while executing a command does so before it logs or answers anything, for a read may end in
     * {@link io.headrace.engine.state.NotInMemory}: the command is then executed again. {@link #tick} and {@link #recovered}
     * read no rows.
     */
    default @Nullable LayeredState rows() {
        return null;
    }

    /** Called in replay between batches, often: lets go of memory beyond what the machine may take. */
    default void trim() {}

    /**
     * Puts what belongs into {@link #rows} and is not there yet there, as much as one turn may cost. Called before a
     * checkpoint, again and again in turns of their own, until it says that so little is left that {@link #snapshot} can do
     * the rest; the state changes in between.
     */
    default boolean writeRows() {
        return true;
    }

    /**
     * Writes the whole durable state but for {@link #rows}, starting with a format version. What belongs into rows and is
     * not there yet is put there first.
     */
    void snapshot(ByteBuf out);

    /** Reads what {@link #snapshot} wrote, this version's or any older one's; called once, on a fresh machine. */
    void restore(ByteBuf in);

    /** Called once, after recovery and before the first command of this owner: drop or resume unfinished work. */
    void recovered(Turn<C, R> turn);

    /** Called now and then (about ten times a second): time-outs, retries, background work. */
    void tick(Turn<C, R> turn);

    /** The oldest frame whose bytes the state still refers to, or {@link Long#MAX_VALUE}: the log keeps it readable. */
    long oldestFrame();

    /** A reply that will never be delivered: let go of the buffers that it holds. */
    default void discard(R reply) {}

    /** The partition is gone: every {@link ReplyTo} that the machine still holds is told so. */
    void lost(String reason);
}
