/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Hands everything on to another turn, for those that change one thing. */
public class ForwardingTurn<C, R> implements Turn<C, R> {
    private final Turn<C, R> turn;

    public ForwardingTurn(Turn<C, R> turn) {
        this.turn = turn;
    }

    @Override
    public long now() {
        return turn.now();
    }

    @Override
    public long epoch() {
        return turn.epoch();
    }

    @Override
    public RandomGenerator random() {
        return turn.random();
    }

    @Override
    public void log(LogRecord record) {
        turn.log(record);
    }

    @Override
    public void reply(ReplyTo<? super R> replyTo, R reply) {
        turn.reply(replyTo, reply);
    }

    @Override
    public void replyConfirmed(ReplyTo<? super R> replyTo, R reply) {
        turn.replyConfirmed(replyTo, reply);
    }

    @Override
    public void replyConfirmed(long frame, ReplyTo<? super R> replyTo, R reply) {
        turn.replyConfirmed(frame, replyTo, reply);
    }

    @Override
    public void replyAfter(long frame, ReplyTo<? super R> replyTo, R reply) {
        turn.replyAfter(frame, replyTo, reply);
    }

    @Override
    public void afterCommit(Runnable output) {
        turn.afterCommit(output);
    }

    @Override
    public long committedFrame() {
        return turn.committedFrame();
    }

    @Override
    public @Nullable ByteBuf frame(long frame) {
        return turn.frame(frame);
    }

    @Override
    public void prefetch(long frame, int bytes) {
        turn.prefetch(frame, bytes);
    }

    @Override
    public void executeWhenLoaded(long frame, C command, ReplyTo<? super R> replyTo) {
        turn.executeWhenLoaded(frame, command, replyTo);
    }

    @Override
    public void executeLater(C command, ReplyTo<? super R> replyTo) {
        turn.executeLater(command, replyTo);
    }

    @Override
    public void executeBehindOthers(C command) {
        turn.executeBehindOthers(command);
    }
}
