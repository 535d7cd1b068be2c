/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.StateMachine;
import io.headrace.testkit.sim.ForwardingMachine;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;

/** Follows the rows of a {@code streams} partition beside its machine, and judges each before the machine gets it. */
public final class WatchedRows extends ForwardingMachine<StreamCommand, StreamReply> {
    private final RowRules rules;
    private State state = new State();

    private WatchedRows(StateMachine<StreamCommand, StreamReply> machine, Function<String, AssertionError> violation) {
        super(machine);
        this.rules = new RowRules(violation);
    }

    public static WatchedRows over(
            StateMachine<StreamCommand, StreamReply> machine, Function<String, AssertionError> violation) {
        return new WatchedRows(machine, violation);
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        Row row = RowCodec.read(new In(body.duplicate()));
        if (type == RowCodec.PUT) {
            rules.put(row, state);
            state.put(row);
        } else {
            state.remove(row);
        }
        super.apply(type, body, frame, offset);
    }

    @Override
    public void restore(ByteBuf in) {
        State restored = new State();
        In rows = new In(in.duplicate());
        rows.byteValue();
        while (rows.hasMore()) {
            restored.put(RowCodec.read(rows));
        }
        state = restored;
        super.restore(in);
    }

    /** What its rows say at present. */
    public StreamsView view() {
        return new StreamsView(state);
    }
}
