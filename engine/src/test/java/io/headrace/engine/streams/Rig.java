/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A {@code streams} partition in memory, with its log, its clock, and the segments that it calls. Everything happens in
 * {@link #step}, one task at a time, so that a test can crash the partition between any two of them.
 */
final class Rig {
    /** A call that has been made, and its answer when it has come. */
    static final class Answer<R> implements ReplyTo<R> {
        @Nullable
        R reply;

        boolean lost;

        @Override
        public void reply(R value) {
            if (reply != null || lost) {
                throw new AssertionError("answered twice: " + reply + ", " + value);
            }
            reply = value;
        }

        @Override
        public void lost(String reason) {
            if (reply != null || lost) {
                throw new AssertionError("lost after an answer");
            }
            lost = true;
        }

        boolean isTimeOut() {
            return reply instanceof StreamReply.Failed failed && failed.code() == StreamReply.Code.DEADLINE_EXCEEDED;
        }

        boolean isDone() {
            return reply != null || lost;
        }
    }

    private record Logged(int type, ByteBuf body) {}

    private record Output(
            int after,
            int generation,
            Runnable action,
            @Nullable ReplyTo<?> replyTo) {}

    /** A task that a message on its way brings. */
    private record Message(Runnable action) {}

    final FakeStore store = new FakeStore();
    final Random random;
    private final StreamsOptions options;

    /** Share of messages that are lost, doubled or late; and whether frames commit late. */
    double faults;

    /** No message arrives anywhere. */
    boolean silent;

    /** The step at which the partition crashes, and the chance that it does so at any other. */
    int crashAt = -1;

    double crashChance;
    int steps;

    /** Steps between two snapshots; 0 for none. */
    int snapshotEvery;

    /** Replies that wait for the log to confirm that this is no owner of old. */
    final List<StreamReply> confirmed = new ArrayList<>();

    /** All calls that were made, repeats too. */
    final List<SegmentCommand.Called> segmentCalls = new ArrayList<>();

    final List<InternalCommand.Called> streamCalls = new ArrayList<>();

    long now = 1_000_000;
    int turns;

    /** How often the machine has asked for the time: whoever looks at many things to see what is due does that often. */
    int asked;

    StreamsMachine machine;
    private int generation;

    private final List<Logged> log = new ArrayList<>();
    private int committed;
    private byte @Nullable [] snapshot;
    private int snapshotAt;
    private final Deque<Output> outputs = new ArrayDeque<>();
    private final List<Message> messages = new ArrayList<>();
    /** Commands and their callers, told if the partition is lost. */
    private final List<Answer<StreamReply>> answers = new ArrayList<>();

    Rig() {
        this(0, StreamsOptions.of(0, 1));
    }

    Rig(long seed, StreamsOptions options) {
        this.random = new Random(seed);
        this.options = options;
        this.machine = newMachine();
        inTurn(machine::recovered);
    }

    private StreamsMachine newMachine() {
        int born = generation;
        return new StreamsMachine(options, this::callSegment, this::callStream, command -> {
            // Sometimes an answer to a former owner reaches the new one.
            if (born == generation || (faults > 0 && random.nextInt(4) == 0)) {
                messages.add(new Message(() -> run(command, new Answer<>())));
            }
        });
    }

    private void callSegment(SegmentCommand command, ReplyTo<SegmentReply> replyTo) {
        segmentCalls.add((SegmentCommand.Called) command);
        deliver(
                () -> {
                    SegmentReply reply = store.execute(command);
                    deliver(() -> replyTo.reply(reply), () -> replyTo.lost("lost"));
                },
                () -> replyTo.lost("lost"));
    }

    private void callStream(StreamCommand command, ReplyTo<StreamReply> replyTo) {
        streamCalls.add((InternalCommand.Called) command);
        deliver(
                () -> run(command, new ReplyTo<StreamReply>() {
                    @Override
                    public void reply(StreamReply reply) {
                        deliver(() -> replyTo.reply(reply), () -> replyTo.lost("lost"));
                    }

                    @Override
                    public void lost(String reason) {
                        replyTo.lost(reason);
                    }
                }),
                () -> replyTo.lost("lost"));
    }

    private void deliver(Runnable action, Runnable lost) {
        if (silent) {
            return;
        }
        if (random.nextDouble() < faults) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    messages.add(new Message(action));
                    messages.add(new Message(action));
                }
                case 1 -> messages.add(new Message(lost));
                default -> {}
            }
        } else {
            messages.add(new Message(action));
        }
    }

    private void run(StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
        inTurn(turn -> machine.execute(command, replyTo, turn));
    }

    private void inTurn(java.util.function.Consumer<Turn<StreamCommand, StreamReply>> action) {
        turns++;
        action.accept(new RigTurn());
        if (faults == 0 || random.nextInt(3) > 0) {
            commit();
        }
    }

    private void commit() {
        committed = log.size();
        while (!outputs.isEmpty() && outputs.peek().after() <= committed) {
            Output output = outputs.remove();
            if (output.generation() == generation) {
                output.action().run();
            }
        }
    }

    /** Submits a command; its answer comes in some later step. */
    Answer<StreamReply> submit(StreamCommand command) {
        Answer<StreamReply> answer = new Answer<>();
        answers.add(answer);
        run(command, answer);
        return answer;
    }

    /** Lets one thing happen: a message arrives, or a tenth of a second passes. */
    void step() {
        steps++;
        if (steps == crashAt || (crashChance > 0 && random.nextDouble() < crashChance)) {
            crash();
        }
        if (snapshotEvery > 0 && steps % snapshotEvery == 0) {
            snapshot();
        }
        if (messages.isEmpty() || (faults > 0 && random.nextInt(20) == 0)) {
            now += 100;
            tick();
            return;
        }
        int index = faults > 0 ? random.nextInt(Math.min(8, messages.size())) : 0;
        messages.remove(index).action().run();
    }

    /** Lets time pass while all messages are still on their way. */
    void tickAfter(long millis) {
        now += millis;
        inTurn(machine::tick);
    }

    /** Executes a command and waits for its answer; if the partition is lost, makes the call again. */
    StreamReply ask(StreamCommand command) {
        Answer<StreamReply> answer = submit(command);
        for (int tries = 0; answer.reply == null || answer.isTimeOut(); tries++) {
            if (answer.isDone()) {
                answer = submit(command);
            }
            if (tries > 200_000) {
                throw new AssertionError("no answer to " + command);
            }
            step();
        }
        return answer.reply;
    }

    /** Lets things happen until nothing is on its way. */
    void settle() {
        commit();
        while (!messages.isEmpty()) {
            step();
        }
    }

    /** Lets time pass. */
    void pass(long millis) {
        for (long until = now + millis; now < until; ) {
            if (messages.isEmpty() && millis > 10_000) {
                now += 1_000;
            }
            step();
        }
        settle();
    }

    /** All rows of a kind, as a snapshot has them. */
    <T extends Row> List<T> rows(Class<T> kind) {
        ByteBuf out = Unpooled.buffer();
        machine.snapshot(out);
        out.skipBytes(1);
        List<T> rows = new ArrayList<>();
        In in = new In(out);
        while (in.hasMore()) {
            Row row = RowCodec.read(in);
            if (kind.isInstance(row)) {
                rows.add(kind.cast(row));
            }
        }
        return rows;
    }

    void tick() {
        inTurn(machine::tick);
        commit();
    }

    void snapshot() {
        commit();
        ByteBuf out = Unpooled.buffer();
        machine.snapshot(out);
        snapshot = new byte[out.readableBytes()];
        out.readBytes(snapshot);
        snapshotAt = log.size();
    }

    /** The owner dies, and with it what was not committed; another one takes over. */
    void crash() {
        while (log.size() > committed) {
            log.remove(log.size() - 1);
        }
        generation++;
        for (Output output : outputs) {
            if (output.replyTo() != null) {
                output.replyTo().lost("crash");
            }
        }
        outputs.clear();
        machine.lost("crash");
        machine = newMachine();
        if (snapshot != null) {
            machine.restore(Unpooled.wrappedBuffer(snapshot));
        }
        for (Logged record : log.subList(snapshot == null ? 0 : snapshotAt, log.size())) {
            machine.apply(record.type(), record.body().duplicate(), 1, 0);
        }
        inTurn(machine::recovered);
    }

    int logged() {
        return log.size();
    }

    int loggedBytes() {
        return log.stream().mapToInt(r -> r.body().readableBytes()).sum();
    }

    private final class RigTurn implements Turn<StreamCommand, StreamReply> {
        @Override
        public long now() {
            asked++;
            return now;
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public void log(LogRecord record) {
            ByteBuf bytes = Unpooled.buffer();
            record.write(bytes);
            if (bytes.readableBytes() != record.size()) {
                throw new AssertionError("a record lies about its size");
            }
            log.add(new Logged(record.type(), bytes));
            machine.apply(record.type(), bytes.duplicate(), 1, 0);
        }

        @Override
        public void reply(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            outputs.add(new Output(log.size(), generation, () -> replyTo.reply(reply), replyTo));
        }

        @Override
        public void replyConfirmed(ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            confirmed.add(reply);
            reply(replyTo, reply);
        }

        @Override
        public void replyAfter(long frame, ReplyTo<? super StreamReply> replyTo, StreamReply reply) {
            throw new AssertionError("not expected");
        }

        @Override
        public void afterCommit(Runnable output) {
            outputs.add(new Output(log.size(), generation, output, null));
        }

        @Override
        public long committedFrame() {
            return 1;
        }

        @Override
        public @Nullable ByteBuf frame(long frame) {
            return null;
        }

        @Override
        public void prefetch(long frame, int bytes) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeWhenLoaded(long frame, StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeLater(StreamCommand command, ReplyTo<? super StreamReply> replyTo) {
            throw new AssertionError("not expected");
        }

        @Override
        public void executeBehindOthers(StreamCommand command) {
            throw new AssertionError("not expected");
        }
    }
}
