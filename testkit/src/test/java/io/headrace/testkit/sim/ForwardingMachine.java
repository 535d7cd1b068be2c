/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Hands everything on to another machine, for mutants that change one thing. */
public class ForwardingMachine<C, R> implements StateMachine<C, R> {
    private final StateMachine<C, R> machine;

    public ForwardingMachine(StateMachine<C, R> machine) {
        this.machine = machine;
    }

    @Override
    public void execute(C command, ReplyTo<? super R> replyTo, Turn<C, R> turn) {
        machine.execute(command, replyTo, turn);
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        machine.apply(type, body, frame, offset);
    }

    @Override
    public @Nullable LayeredState rows() {
        return machine.rows();
    }

    @Override
    public boolean writeRows() {
        return machine.writeRows();
    }

    @Override
    public void snapshot(ByteBuf out) {
        machine.snapshot(out);
    }

    @Override
    public void restore(ByteBuf in) {
        machine.restore(in);
    }

    @Override
    public void recovered(Turn<C, R> turn) {
        machine.recovered(turn);
    }

    @Override
    public void tick(Turn<C, R> turn) {
        machine.tick(turn);
    }

    @Override
    public long oldestFrame() {
        return machine.oldestFrame();
    }

    @Override
    public void discard(R reply) {
        machine.discard(reply);
    }

    @Override
    public void lost(String reason) {
        machine.lost(reason);
    }
}
