/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StateMachine} may do while it executes a command. Valid during that call only, on the partition's loop.
 *
 * <p>All output is gated: nothing leaves the partition before the log has committed every record that was logged before
 * the output was given, by this command or an earlier one.
 */
public interface Turn<C, R> {

    /** Wall-clock time of this turn, in milliseconds since the Unix epoch. */
    long now();

    /** Epoch of this owner of the partition: above that of every former owner. */
    long epoch();

    /** Randomness for ids; what is drawn must go into a record if state depends on it. */
    RandomGenerator random();

    /** Writes a record to the log and applies it: when this returns, the state has changed. */
    void log(LogRecord record);

    /** Replies once everything logged so far is committed. */
    void reply(ReplyTo<? super R> replyTo, R reply);

    /**
     * Replies once everything logged so far is committed and the log has proved that no newer owner had taken over when
     * the command was executed. For a reply that the receiver acts on for good, such as what is <em>not</em> there: an
     * owner of old, which does not know that it was replaced, may merely not know of it. Costs a frame if nothing else is
     * being logged, and nothing where there cannot be an owner of old.
     */
    default void replyConfirmed(ReplyTo<? super R> replyTo, R reply) {
        reply(replyTo, reply);
    }

    /** Replies as {@link #replyConfirmed(ReplyTo, Object)} does, with nothing later than {@code frame} to wait for. */
    default void replyConfirmed(long frame, ReplyTo<? super R> replyTo, R reply) {
        replyAfter(frame, replyTo, reply);
    }

    /**
     * Replies once {@code frame} is committed, which may be at once: for a reply that depends on nothing later, such as
     * a read of data that stands in that frame or before it.
     */
    void replyAfter(long frame, ReplyTo<? super R> replyTo, R reply);

    /**
     * Runs {@code output} (a call to another partition, say) once everything logged so far is committed. It is dropped if
     * the partition is lost first.
     */
    void afterCommit(Runnable output);

    /** Number of the newest committed frame. */
    long committedFrame();

    /**
     * The bytes of a frame, if they are in memory: offsets are those given to {@link StateMachine#apply}. Not retained
     * for the caller; retain what must outlive this call. Null means: use {@link #executeWhenLoaded}.
     */
    @Nullable
    ByteBuf frame(long frame);

    /**
     * Begins to read frames into memory: {@code frame}, which is committed and not in memory, and those that follow it,
     * about {@code bytes} bytes in all, or less if that is much of the memory there is for them. Nobody is told.
     */
    void prefetch(long frame, int bytes);

    /** Executes {@code command} again, in a turn of its own, when {@code frame} has been read into memory. */
    void executeWhenLoaded(long frame, C command, ReplyTo<? super R> replyTo);

    /** Executes {@code command} in a turn of its own, soon. */
    void executeLater(C command, ReplyTo<? super R> replyTo);

    /**
     * Executes {@code command}, which has no reply, when all commands that are put aside now, because they need rows that
     * are not in memory, have been executed. Does nothing if there are none.
     */
    void executeBehindOthers(C command);
}
