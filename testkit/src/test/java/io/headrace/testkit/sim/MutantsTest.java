/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableRecord;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks one thing at a time, on purpose, and expects the simulation to notice: a checker that never bites proves nothing. */
class MutantsTest {
    private static final int SEEDS = 60;

    /** The segments machine's record of an append, and where in it the writer's number stands. */
    private static final int APPEND = 2;

    private static final int APPEND_NUMBER_AT = 33;

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
            return run::run;
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
                super.execute(command, replyTo, new HastyTurn<>(turn));
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

    @Test
    void segmentRepliesThatDoNotWaitAreNoticed() {
        assertSegmentsNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void execute(
                    SegmentCommand command,
                    ReplyTo<? super SegmentReply> replyTo,
                    Turn<SegmentCommand, SegmentReply> turn) {
                super.execute(command, replyTo, new HastyTurn<>(turn));
            }
        });
    }

    @Test
    void writerNumbersThatAreForgottenAreNoticed() {
        assertSegmentsNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void apply(int type, ByteBuf body, long frame, int offset) {
                ByteBuf changed = body.copy();
                if (type == APPEND) {
                    int at = changed.readerIndex() + APPEND_NUMBER_AT;
                    changed.setLong(at, changed.getLong(at) - 1);
                }
                super.apply(type, changed, frame, offset);
                changed.release();
            }
        });
    }

    @Test
    void dataOutOfPlaceIsNoticed() {
        assertSegmentsNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void apply(int type, ByteBuf body, long frame, int offset) {
                super.apply(type, body, frame, type == APPEND && frame % 50 == 0 ? offset - 1 : offset);
            }
        });
    }

    @Test
    void truncationThatGoesTooFarIsNoticed() {
        assertSegmentsNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void execute(
                    SegmentCommand command,
                    ReplyTo<? super SegmentReply> replyTo,
                    Turn<SegmentCommand, SegmentReply> turn) {
                boolean further = command instanceof SegmentCommand.Truncate;
                super.execute(
                        further
                                ? new SegmentCommand.Truncate(
                                        command.segment(), ((SegmentCommand.Truncate) command).offset() + 1)
                                : command,
                        replyTo,
                        turn);
            }
        });
    }

    @Test
    void looksAtKeysThatNoLogHasConfirmedAreNoticed() {
        assertTablesNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void execute(
                    SegmentCommand command,
                    ReplyTo<? super SegmentReply> replyTo,
                    Turn<SegmentCommand, SegmentReply> turn) {
                super.execute(command, replyTo, new ForwardingTurn<>(turn) {
                    @Override
                    public void replyConfirmed(long frame, ReplyTo<? super SegmentReply> to, SegmentReply reply) {
                        turn.replyAfter(frame, to, reply);
                    }
                });
            }
        });
    }

    @Test
    void removalsThatAreForgottenAreNoticed() {
        assertTablesNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void apply(int type, ByteBuf body, long frame, int offset) {
                if (type != TableRecord.REMOVE) {
                    super.apply(type, body, frame, offset);
                }
            }
        });
    }

    @Test
    void conditionsThatAreNotLookedAtAreNoticed() {
        assertTablesNoticed(() -> new ForwardingMachine<>(segments()) {
            @Override
            public void execute(
                    SegmentCommand command,
                    ReplyTo<? super SegmentReply> replyTo,
                    Turn<SegmentCommand, SegmentReply> turn) {
                super.execute(command instanceof SegmentCommand.OnTable on ? heedless(on) : command, replyTo, turn);
            }

            private SegmentCommand heedless(SegmentCommand.OnTable on) {
                if (!(on.command() instanceof TableCommand.Put put)) {
                    return on;
                }
                List<TableEntry> entries = put.entries().stream()
                        .map(entry -> new TableEntry(entry.key(), TableKey.ANY_VERSION, entry.value()))
                        .toList();
                return new SegmentCommand.OnTable(on.segment(), new TableCommand.Put(entries, TableCommand.ANY_LENGTH));
            }
        });
    }

    private static SegmentsMachine segments() {
        return SimulatedTier.untiered();
    }

    private static void assertSegmentsNoticed(Supplier<StateMachine<SegmentCommand, SegmentReply>> machines) {
        assertNoticed(seed -> new SegmentsSimulation(seed, machines)::run);
    }

    private static void assertTablesNoticed(Supplier<StateMachine<SegmentCommand, SegmentReply>> machines) {
        assertNoticed(seed -> new TablesSimulation(seed, machines)::run);
    }

    private static void assertMachineNoticed(Function<Consumer<String>, JournalMachine> machines) {
        assertNoticed(seed -> new JournalSimulation(seed, machines)::run);
    }

    private static void assertNoticed(LongFunction<Runnable> mutant) {
        List<String> noticed = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS && noticed.isEmpty(); seed++) {
            try {
                mutant.apply(seed).run();
            } catch (AssertionError violation) {
                noticed.add("seed " + seed + ": " + violation.getMessage());
            }
        }
        assertThat(noticed).as("violations within %d seeds", SEEDS).isNotEmpty();
    }

    /** Lets every reply go at once. */
    private static final class HastyTurn<C, R> extends ForwardingTurn<C, R> {
        HastyTurn(Turn<C, R> turn) {
            super(turn);
        }

        @Override
        public void reply(ReplyTo<? super R> replyTo, R reply) {
            replyTo.reply(reply);
        }
    }
}
