/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;

/** Logs each number that it is given and answers with the sum of all so far. */
final class EchoMachine implements StateMachine<Long, Long> {
    private long sum;
    final AtomicInteger ticks = new AtomicInteger();

    private record Add(long number) implements LogRecord {
        @Override
        public int type() {
            return 1;
        }

        @Override
        public int size() {
            return Long.BYTES;
        }

        @Override
        public void write(ByteBuf out) {
            out.writeLong(number);
        }
    }

    @Override
    public void execute(Long number, ReplyTo<? super Long> replyTo, Turn<Long, Long> turn) {
        turn.log(new Add(number));
        turn.reply(replyTo, sum);
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        sum += body.readLong();
    }

    @Override
    public void snapshot(ByteBuf out) {
        out.writeLong(sum);
    }

    @Override
    public void restore(ByteBuf in) {
        sum = in.readLong();
    }

    @Override
    public void recovered(Turn<Long, Long> turn) {}

    @Override
    public void tick(Turn<Long, Long> turn) {
        ticks.incrementAndGet();
    }

    @Override
    public long oldestFrame() {
        return Long.MAX_VALUE;
    }

    @Override
    public void lost(String reason) {}
}
