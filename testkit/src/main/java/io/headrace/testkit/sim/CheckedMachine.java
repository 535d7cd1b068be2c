/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a partition and its state machine and watches both: what the machine recovers, and that no output
 * leaves before the log has what the output could have observed.
 */
final class CheckedMachine<C, R> implements StateMachine<C, R> {

    /** What only the owner of the log can judge. */
    interface Judge {
        /** An output that has observed {@code frame} leaves the partition. */
        void released(long frame, String what);

        /** Whether a newer owner has fenced this one, known to it or not. */
        boolean replaced();

        /** Recovery says that it is done. */
        void recovered(byte[] snapshot);

        /** The kernel gave these bytes for a frame. */
        void given(long frame, ByteBuf bytes);

        void violated(String what);
    }

    private final StateMachine<C, R> machine;
    private final Judge judge;
    private long applied;
    private boolean fresh = true;
    private boolean recovered;
    private boolean lost;

    CheckedMachine(StateMachine<C, R> machine, Judge judge) {
        this.machine = machine;
        this.judge = judge;
    }

    @Override
    public void execute(C command, ReplyTo<? super R> replyTo, Turn<C, R> turn) {
        require(recovered && !lost, "a command was executed while the machine does not serve");
        machine.execute(command, replyTo, new CheckedTurn(turn));
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        require(frame >= applied, "a record of frame " + frame + " was applied after one of " + applied);
        fresh = false;
        applied = frame;
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
        require(fresh, "restored twice, or into a machine in use");
        fresh = false;
        byte[] bytes = ByteBufUtil.getBytes(in);
        machine.restore(in);
        ByteBuf again = Unpooled.buffer();
        machine.snapshot(again);
        require(Arrays.equals(bytes, ByteBufUtil.getBytes(again)), "a restored machine writes another snapshot");
    }

    @Override
    public void recovered(Turn<C, R> turn) {
        require(!recovered, "recovered twice");
        recovered = true;
        judge.recovered(LogReplay.snapshot(machine));
        machine.recovered(new CheckedTurn(turn));
    }

    @Override
    public void tick(Turn<C, R> turn) {
        require(recovered && !lost, "a tick came while the machine does not serve");
        machine.tick(new CheckedTurn(turn));
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
        require(!lost, "lost twice");
        lost = true;
        machine.lost(reason);
    }

    private void require(boolean condition, String violation) {
        if (!condition) {
            judge.violated(violation);
        }
    }

    private final class CheckedTurn extends ForwardingTurn<C, R> {
        CheckedTurn(Turn<C, R> turn) {
            super(turn);
        }

        @Override
        public void reply(ReplyTo<? super R> replyTo, R reply) {
            super.reply(gated(applied, false, replyTo), reply);
        }

        @Override
        public void replyConfirmed(ReplyTo<? super R> replyTo, R reply) {
            boolean replaced = judge.replaced();
            super.replyConfirmed(gated(applied, replaced, replyTo), reply);
        }

        @Override
        public void replyConfirmed(long frame, ReplyTo<? super R> replyTo, R reply) {
            boolean replaced = judge.replaced();
            super.replyConfirmed(frame, gated(frame, replaced, replyTo), reply);
        }

        @Override
        public void replyAfter(long frame, ReplyTo<? super R> replyTo, R reply) {
            super.replyAfter(frame, gated(frame, false, replyTo), reply);
        }

        private ReplyTo<R> gated(long frame, boolean replaced, ReplyTo<? super R> replyTo) {
            return new ReplyTo<>() {
                @Override
                public void reply(R reply) {
                    judge.released(frame, "reply " + reply);
                    if (replaced) {
                        judge.violated("confirmed " + reply + ", which it gave after it had been replaced");
                    }
                    replyTo.reply(reply);
                }

                @Override
                public void lost(String reason) {
                    replyTo.lost(reason);
                }
            };
        }

        @Override
        public void afterCommit(Runnable output) {
            long frame = applied;
            super.afterCommit(() -> {
                judge.released(frame, "output");
                output.run();
            });
        }

        @Override
        public @Nullable ByteBuf frame(long frame) {
            ByteBuf bytes = super.frame(frame);
            if (bytes != null) {
                judge.given(frame, bytes);
            }
            return bytes;
        }
    }
}
