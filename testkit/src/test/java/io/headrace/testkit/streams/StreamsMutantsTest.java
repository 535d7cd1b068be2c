/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.InternalCommand;
import io.headrace.engine.streams.SegmentCalls;
import io.headrace.engine.streams.StreamCalls;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.testkit.sim.ForwardingMachine;
import io.headrace.testkit.sim.ForwardingTurn;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks one thing at a time, on purpose, and expects the simulation to notice. */
class StreamsMutantsTest {
    private static final int SEEDS = 150;

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

    @Test
    void answersThatDoNotWaitAreNoticed() {
        assertNoticed(() -> turns(HastyTurn::new));
    }

    @Test
    void callsThatDoNotWaitAreNoticed() {
        assertNoticed(() -> turns(turn -> new ForwardingTurn<>(turn) {
            @Override
            public void afterCommit(Runnable output) {
                output.run();
            }
        }));
    }

    @Test
    void answersOfOwnersOfOldAreNoticed() {
        assertNoticed(() -> turns(turn -> new ForwardingTurn<>(turn) {
            @Override
            public void replyConfirmed(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
                reply(replyTo, reply);
            }
        }));
    }

    @Test
    void workThatIsForgottenByTheNextOwnerIsNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            StateMachine<StreamCommand, StreamReply> streams(StateMachine<StreamCommand, StreamReply> right) {
                return new ForwardingMachine<>(right) {
                    @Override
                    public void recovered(Turn<StreamCommand, StreamReply> turn) {}
                };
            }
        });
    }

    @Test
    void leasesThatNeverEndAreNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            StateMachine<StreamCommand, StreamReply> streams(StateMachine<StreamCommand, StreamReply> right) {
                return new ForwardingMachine<>(right) {
                    private long started;

                    @Override
                    public void tick(Turn<StreamCommand, StreamReply> turn) {
                        started = started == 0 ? turn.now() : started;
                        super.tick(new ForwardingTurn<>(turn) {
                            @Override
                            public long now() {
                                return Math.min(turn.now(), started + 5_000);
                            }
                        });
                    }
                };
            }
        });
    }

    @Test
    void aCommitOfHalfTheSegmentsIsNoticed() {
        assertNoticed(() -> answering(
                command -> command instanceof SegmentCommand.MergeBatch && segmentNumber(command) % 2 == 1,
                command -> new SegmentReply.Merged(Collections.nCopies(
                        ((SegmentCommand.MergeBatch) command).sources().size(), 0L))));
    }

    @Test
    void aTransactionOfWhichHalfIsDroppedIsNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> {
                    if (commandOf(call) instanceof SegmentCommand.MergeBatch merge && segmentNumber(merge) % 2 == 1) {
                        merge.sources().forEach(s -> right.call(new SegmentCommand.Delete(s), new Ignored<>()));
                    }
                    right.call(call, replyTo);
                };
            }
        });
    }

    @Test
    void aCommitInTheWrongOrderIsNoticed() {
        assertNoticed(() -> changing(command -> {
            if (command instanceof SegmentCommand.MergeBatch merge) {
                List<String> sources = new ArrayList<>(merge.sources());
                Collections.reverse(sources);
                return new SegmentCommand.MergeBatch(merge.segment(), sources);
            }
            return command;
        }));
    }

    @Test
    void segmentsThatAreNotSealedAreNoticed() {
        assertNoticed(
                () -> answering(command -> command instanceof SegmentCommand.Seal, c -> SegmentReply.Ok.INSTANCE));
    }

    @Test
    void segmentsThatAreNotDeletedAreNoticed() {
        assertNoticed(() -> answering(
                command -> command instanceof SegmentCommand.Delete
                        && command.segment().contains("#transaction."),
                c -> SegmentReply.Ok.INSTANCE));
    }

    @Test
    void segmentsThatAreNotCreatedAreNoticed() {
        assertNoticed(() -> answering(
                command -> command instanceof SegmentCommand.Create && segmentNumber(command) == 3,
                c -> SegmentReply.Ok.INSTANCE));
    }

    /** The old segments of a scale are sealed as soon as the first of the new ones is made. */
    @Test
    void sealingBeforeSuccessorsAreKnownIsNoticed() {
        assertNoticed(() -> new Mutation() {
            private final Set<String> created = new HashSet<>();

            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> {
                    SegmentCommand command = commandOf(call);
                    boolean plain = command instanceof SegmentCommand.Create
                            && !SegmentName.isTransactionSegment(command.segment());
                    if (plain && created.add(command.segment())) {
                        SegmentName name = SegmentName.parse(command.segment()).orElseThrow();
                        for (String other : created) {
                            SegmentName before = SegmentName.parse(other).orElseThrow();
                            if (before.scopedStream().equals(name.scopedStream()) && before.epoch() < name.epoch()) {
                                right.call(new SegmentCommand.Seal(other), new Ignored<>());
                            }
                        }
                    }
                    right.call(call, replyTo);
                };
            }
        });
    }

    @Test
    void callsThatAreNeverRepeatedAreNoticed() {
        assertNoticed(() -> new Mutation() {
            private final Set<SegmentCommand> made = Collections.newSetFromMap(new IdentityHashMap<>());

            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> {
                    if (made.add(commandOf(call))) {
                        right.call(call, replyTo);
                    }
                };
            }
        });
    }

    @Test
    void lateCallsToSegmentsThatHaveAnEffectAreNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> right.call(commandOf(call), replyTo);
            }
        });
    }

    @Test
    void lateCallsToStreamsThatHaveAnEffectAreNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            StreamCalls streamCalls(StreamCalls right) {
                return (call, replyTo) -> right.call(((InternalCommand.Called) call).command(), replyTo);
            }
        });
    }

    @Test
    void callsThatDoNotTellWhatIsDoneAreNoticed() {
        assertNoticed(() -> new Mutation() {
            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> {
                    CallStamp stamp = ((SegmentCommand.Called) call).stamp();
                    CallStamp less =
                            new CallStamp(stamp.caller(), stamp.owner(), stamp.number(), new Progress(0, List.of()));
                    right.call(new SegmentCommand.Called(less, commandOf(call)), replyTo);
                };
            }
        });
    }

    @Test
    void truncationThatGoesTooFarIsNoticed() {
        assertNoticed(() -> changing(command -> command instanceof SegmentCommand.Truncate truncate
                ? new SegmentCommand.Truncate(truncate.segment(), truncate.offset() + 1)
                : command));
    }

    @Test
    void truncationThatIsLeftOutIsNoticed() {
        assertNoticed(() -> answering(
                command -> command instanceof SegmentCommand.Delete
                        && !SegmentName.isTransactionSegment(command.segment()),
                c -> SegmentReply.Ok.INSTANCE));
    }

    private static SegmentCommand commandOf(SegmentCommand call) {
        return call instanceof SegmentCommand.Called called ? called.command() : call;
    }

    private static int segmentNumber(SegmentCommand command) {
        return SegmentName.parse(command.segment()).orElseThrow().number();
    }

    private static Mutation turns(Function<Turn<StreamCommand, StreamReply>, Turn<StreamCommand, StreamReply>> change) {
        return new Mutation() {
            @Override
            StateMachine<StreamCommand, StreamReply> streams(StateMachine<StreamCommand, StreamReply> right) {
                return new ForwardingMachine<>(right) {
                    @Override
                    public void execute(
                            StreamCommand command,
                            ReplyTo<? super StreamReply> replyTo,
                            Turn<StreamCommand, StreamReply> turn) {
                        super.execute(command, replyTo, change.apply(turn));
                    }

                    @Override
                    public void recovered(Turn<StreamCommand, StreamReply> turn) {
                        super.recovered(change.apply(turn));
                    }

                    @Override
                    public void tick(Turn<StreamCommand, StreamReply> turn) {
                        super.tick(change.apply(turn));
                    }
                };
            }
        };
    }

    /** Answers some calls without executing them. */
    private static Mutation answering(Predicate<SegmentCommand> which, Function<SegmentCommand, SegmentReply> answer) {
        return new Mutation() {
            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> {
                    if (which.test(commandOf(call))) {
                        replyTo.reply(answer.apply(commandOf(call)));
                    } else {
                        right.call(call, replyTo);
                    }
                };
            }
        };
    }

    /** Executes other commands than those that were called. */
    private static Mutation changing(Function<SegmentCommand, SegmentCommand> change) {
        return new Mutation() {
            @Override
            SegmentCalls segmentCalls(SegmentCalls right) {
                return (call, replyTo) -> right.call(
                        new SegmentCommand.Called(
                                ((SegmentCommand.Called) call).stamp(), change.apply(commandOf(call))),
                        replyTo);
            }
        };
    }

    private static void assertNoticed(Supplier<Mutation> mutant) {
        List<String> noticed = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS && noticed.isEmpty(); seed++) {
            try {
                new StreamsSimulation(seed, mutant.get()).run();
            } catch (AssertionError violation) {
                noticed.add("seed " + seed + ": " + violation.getMessage());
            }
        }
        assertThat(noticed).as("violations within %d seeds", SEEDS).isNotEmpty();
    }

    private static final class Ignored<R> implements ReplyTo<R> {
        @Override
        public void reply(R reply) {}

        @Override
        public void lost(String reason) {}
    }

    /** Lets every reply go at once. */
    private static final class HastyTurn extends ForwardingTurn<StreamCommand, StreamReply> {
        HastyTurn(Turn<StreamCommand, StreamReply> turn) {
            super(turn);
        }

        @Override
        public void reply(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            replyTo.reply(reply);
        }

        @Override
        public void replyConfirmed(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            replyTo.reply(reply);
        }
    }
}
