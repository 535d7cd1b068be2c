/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks one thing at a time, on purpose, and expects the simulation to notice: a checker that never bites proves nothing. */
class MutantsTest {
    private static final int SEEDS = 60;

    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    /** A run that is cut short by a violation drops its buffers. */
    @BeforeEach
    void leaksDoNotMatter() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void leaksMatterAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @EnumSource(value = Sabotage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void brokenLogIsNoticed(Sabotage sabotage) {
        assertNoticed(seed -> {
            JournalSimulation run = new JournalSimulation(seed);
            run.world.logs.sabotage(sabotage);
            return run;
        });
    }

    @Test
    void applyThatDependsOnChanceIsNoticed() {
        long[] calls = new long[1];
        assertMachineNoticed(violated -> new JournalMachine(violated) {
            @Override
            public void apply(int type, ByteBuf body, long frame, int offset) {
                super.apply(type, body, frame, (calls[0]++ & 63) == 0 ? offset + 1 : offset);
            }
        });
    }

    @Test
    void snapshotThatForgetsIsNoticed() {
        assertMachineNoticed(violated -> new JournalMachine(violated) {
            @Override
            public void restore(ByteBuf in) {
                super.restore(in);
                forget(1);
            }
        });
    }

    @Test
    void stateChangedOutsideOfApplyIsNoticed() {
        assertMachineNoticed(violated -> new JournalMachine(violated) {
            @Override
            public void execute(
                    JournalCommand command,
                    ReplyTo<? super JournalReply> replyTo,
                    Turn<JournalCommand, JournalReply> turn) {
                super.execute(command, replyTo, turn);
                forget(4);
            }
        });
    }

    @Test
    void replyThatDoesNotWaitIsNoticed() {
        assertMachineNoticed(violated -> new JournalMachine(violated) {
            @Override
            public void execute(
                    JournalCommand command,
                    ReplyTo<? super JournalReply> replyTo,
                    Turn<JournalCommand, JournalReply> turn) {
                super.execute(command, replyTo, new HastyTurn(turn));
            }
        });
    }

    @Test
    void framesGivenUpTooEarlyAreNoticed() {
        assertMachineNoticed(violated -> new JournalMachine(violated) {
            @Override
            public long oldestFrame() {
                return Long.MAX_VALUE;
            }
        });
    }

    private static void assertMachineNoticed(Function<Consumer<String>, JournalMachine> machines) {
        assertNoticed(seed -> new JournalSimulation(seed, machines));
    }

    private static void assertNoticed(LongFunction<JournalSimulation> mutant) {
        List<String> noticed = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS && noticed.isEmpty(); seed++) {
            try {
                mutant.apply(seed).run();
            } catch (AssertionError violation) {
                noticed.add("seed " + seed + ": " + violation.getMessage());
                if (Boolean.getBoolean("dbg")) System.out.println(noticed);
            }
        }
        assertThat(noticed).as("violations within %d seeds", SEEDS).isNotEmpty();
    }

    /** Lets every reply go at once. */
    private static final class HastyTurn extends ForwardingTurn<JournalCommand, JournalReply> {
        HastyTurn(Turn<JournalCommand, JournalReply> turn) {
            super(turn);
        }

        @Override
        public void reply(ReplyTo<? super JournalReply> replyTo, JournalReply reply) {
            replyTo.reply(reply);
        }
    }
}
