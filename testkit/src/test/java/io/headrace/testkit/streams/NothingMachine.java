/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.netty.buffer.ByteBuf;

/** Keeps nothing: for those who only want to see what is applied. */
final class NothingMachine implements StateMachine<StreamCommand, StreamReply> {
    @Override
    public void execute(
            StreamCommand command, ReplyTo<? super StreamReply> replyTo, Turn<StreamCommand, StreamReply> turn) {}

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {}

    @Override
    public void snapshot(ByteBuf out) {}

    @Override
    public void restore(ByteBuf in) {}

    @Override
    public void recovered(Turn<StreamCommand, StreamReply> turn) {}

    @Override
    public void tick(Turn<StreamCommand, StreamReply> turn) {}

    @Override
    public long oldestFrame() {
        return Long.MAX_VALUE;
    }

    @Override
    public void lost(String reason) {}
}
