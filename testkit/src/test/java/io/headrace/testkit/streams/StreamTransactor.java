/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.StreamReply.TransactionStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Opens a transaction, writes into it, waits a while, and then commits it, aborts it or leaves it alone. */
final class StreamTransactor extends Actor {
    private enum Step {
        OPEN,
        WRITE,
        LINGER,
        COMMIT,
        ABORT,
        WATCH
    }

    private static final long MIN_LEASE_MILLIS = 10_000;
    private static final int MAX_EVENTS = 6;

    private final StreamCast cast;
    private final int lingering;
    private final Deque<Integer> toWrite = new ArrayDeque<>();
    private final Map<String, Long> sentTo = new HashMap<>();
    private @Nullable StreamLife life;
    private StreamLife.@Nullable Transaction transaction;
    private List<SegmentRange> segments = List.of();
    private Step step = Step.OPEN;
    private int patience;

    /** @param lingering how often it does something else, at most, before it ends a transaction */
    StreamTransactor(StreamsWorld world, StreamCast cast, int paceMicros, int lingering) {
        super(world, paceMicros);
        this.cast = cast;
        this.lingering = lingering;
    }

    @Override
    boolean isIdle() {
        return step == Step.OPEN;
    }

    @Override
    void proceed() {
        StreamLife now = life;
        StreamLife.Transaction t = transaction;
        if (step == Step.OPEN || now == null || t == null) {
            StreamLife open = cast.open();
            if (open != null && !world.isFinishing()) {
                open(open);
            }
        } else if (now.deleted) {
            step = Step.OPEN;
        } else {
            switch (step) {
                case OPEN -> {}
                case WRITE -> write(t);
                case LINGER -> linger(t);
                case COMMIT -> commit(now, t);
                case ABORT -> abort(now, t);
                case WATCH -> watch(now, t);
            }
        }
    }

    private void open(StreamLife open) {
        long lease = MIN_LEASE_MILLIS * (world.random.nextInt(4) == 0 ? 60 : 1);
        ask(new StreamCommand.CreateTransaction(cast.name, lease), reply -> {
            if (reply instanceof TransactionCreated created) {
                life = open;
                transaction = new StreamLife.Transaction(created.transaction(), world.nextWriter());
                open.transactions.put(transaction.writer, transaction);
                segments = created.segments();
                sentTo.clear();
                toWrite.clear();
                for (int i = world.random.nextInt(MAX_EVENTS + 1); i > 0; i--) {
                    toWrite.add(world.random.nextInt(StreamLife.KEYS));
                }
                patience = world.random.nextInt(1 + lingering);
                step = Step.WRITE;
            }
        });
    }

    private void write(StreamLife.Transaction t) {
        Integer key = toWrite.peek();
        if (key == null) {
            step = Step.LINGER;
            return;
        }
        String segment = SegmentName.transactionSegment(world.nameOf(cast.name, segmentFor(key)), t.id);
        UUID writer = new UUID(2, t.writer);
        long sent = sentTo.getOrDefault(segment, 0L);
        // Set up anew for each event: that tells how many are there.
        long[] connection = new long[1];
        send(
                segment,
                line -> {
                    connection[0] = line;
                    return new SegmentCommand.SetupAppend(segment, writer, line);
                },
                reply -> {
                    if (!(reply instanceof SegmentReply.AppendReady ready)) {
                        refused(t);
                    } else if (ready.lastEventNumber() > sent) {
                        // The answer to the last append was lost.
                        written(t, key, segment);
                    } else {
                        append(t, key, segment, writer, connection[0]);
                    }
                },
                () -> {});
    }

    private void append(StreamLife.Transaction t, int key, String segment, UUID writer, long connection) {
        long sent = sentTo.getOrDefault(segment, 0L);
        long number = t.keys.stream().filter(k -> k == key).count() + 1;
        if (data.connectionTo(segment) != connection) {
            return;
        }
        send(
                segment,
                line -> new SegmentCommand.Append(
                        segment,
                        writer,
                        line,
                        sent + 1,
                        1,
                        SegmentCommand.UNCONDITIONAL,
                        StreamEvents.encode(t.writer, key, number)),
                reply -> {
                    if (reply instanceof SegmentReply.Appended) {
                        written(t, key, segment);
                    } else if (reply instanceof SegmentReply.InvalidEventNumber) {
                        data.breakOff(segment);
                    } else {
                        refused(t);
                    }
                },
                () -> {});
    }

    private void written(StreamLife.Transaction t, int key, String segment) {
        t.keys.add(key);
        sentTo.merge(segment, 1L, Long::sum);
        toWrite.remove();
        if (toWrite.isEmpty()) {
            step = Step.LINGER;
        }
    }

    /** The segments are gone: the transaction must have been aborted, by its lease or by the seal of the stream. */
    private void refused(StreamLife.Transaction t) {
        t.in = false;
        step = Step.WATCH;
    }

    private long segmentFor(int key) {
        double position = StreamLife.position(key);
        for (SegmentRange segment : segments) {
            if (segment.low() <= position && position < segment.high()) {
                return segment.id();
            }
        }
        throw world.simulation.violation("no segment for key " + key + " in " + segments);
    }

    private void linger(StreamLife.Transaction t) {
        if (patience-- > 0 && !world.isFinishing()) {
            if (world.random.nextInt(4) == 0) {
                ask(new StreamCommand.PingTransaction(cast.name, t.id, MIN_LEASE_MILLIS), reply -> {});
            }
            return;
        }
        int end = world.random.nextInt(20);
        if (end < 15) {
            t.commitSent = world.simulation.micros();
            step = Step.COMMIT;
        } else {
            // The one or the other must keep it out.
            step = end < 18 ? Step.ABORT : Step.OPEN;
            if (step == Step.OPEN) {
                t.in = false;
            }
        }
    }

    private void commit(StreamLife now, StreamLife.Transaction t) {
        ask(new StreamCommand.CommitTransaction(cast.name, t.id, "w" + t.writer, 1), reply -> {
            if (reply == TransactionStatus.SUCCESS) {
                t.in = true;
                t.commitTold = Math.min(t.commitTold, world.simulation.micros());
                step = world.random.nextInt(4) == 0 ? Step.COMMIT : Step.WATCH;
            } else if (Boolean.TRUE.equals(t.in) && !now.deleted) {
                throw world.simulation.violation("a repeated commit is answered with " + reply);
            } else {
                t.in = false;
                step = Step.WATCH;
            }
        });
    }

    private void abort(StreamLife now, StreamLife.Transaction t) {
        ask(new StreamCommand.AbortTransaction(cast.name, t.id), reply -> {
            if (reply != TransactionStatus.SUCCESS && !now.deleted) {
                throw world.simulation.violation("an abort is answered with " + reply);
            }
            t.in = false;
            step = Step.WATCH;
        });
    }

    /** Waits for the end, which must be the right one. */
    private void watch(StreamLife now, StreamLife.Transaction t) {
        ask(new StreamCommand.GetTransactionState(cast.name, t.id), reply -> {
            TransactionState state = (TransactionState) reply;
            boolean committed = state == TransactionState.COMMITTING || state == TransactionState.COMMITTED;
            boolean aborted = state == TransactionState.ABORTING || state == TransactionState.ABORTED;
            if (!now.deleted && !(Boolean.TRUE.equals(t.in) ? committed : aborted)) {
                throw world.simulation.violation("transaction " + t.id + " of " + cast.name + " is " + state
                        + ", but it is " + (Boolean.TRUE.equals(t.in) ? "in" : "out"));
            }
            if (now.deleted || state == TransactionState.COMMITTED || state == TransactionState.ABORTED) {
                step = Step.OPEN;
            }
        });
    }
}
