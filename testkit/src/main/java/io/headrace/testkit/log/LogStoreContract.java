/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogStore} must do. Extend it, give the store, and, if it does not
 * run in real time, override {@link #loop}, {@link #stop} and {@link #await}.
 */
public abstract class LogStoreContract {
    private static final int FRAME_BYTES = 1_000;
    private static final int ROLLING_FRAMES = 200;

    private final ThreadLoop threadLoop = new ThreadLoop();

    /** The partition of this test: a name that no other test uses. */
    protected final String partition = "test-" + UUID.randomUUID();

    /** The store under test. */
    protected abstract LogStore store();

    /** A store of the same logs that frees storage in units of about {@code bytes}, if it has such units. */
    protected abstract LogStore store(long bytes);

    /** The loop that logs are opened with. */
    protected Loop loop() {
        return threadLoop;
    }

    /** Called after each test: everything given to {@link #loop} may be dropped. */
    @AfterEach
    protected void stop() {
        threadLoop.executor.shutdownNow();
    }

    /** Waits for an answer; throws what the callback failed with, if it did. */
    protected <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Test
    void aNewLogIsEmpty() {
        PartitionLog log = open();
        assertThat(log.epoch()).isPositive();
        assertThat(log.firstFrame()).isEqualTo(1);
        assertThat(log.nextFrame()).isEqualTo(1);
        assertThat(log.checkpoints()).isEmpty();
    }

    @Test
    void whatIsAppendedIsReadBack() {
        PartitionLog log = open();
        for (long frame = 1; frame <= 10; frame++) {
            append(log, frame);
        }
        assertThat(log.nextFrame()).isEqualTo(11);
        assertThatFramesAre(log, 1, 10);
        assertThatFramesAre(log, 7, 10);
    }

    @Test
    void framesSurviveReopeningAndEpochsRise() {
        long epoch = 0;
        for (int owner = 0; owner < 4; owner++) {
            PartitionLog log = open();
            assertThat(log.epoch()).isGreaterThan(epoch);
            epoch = log.epoch();
            assertThat(log.nextFrame()).isEqualTo(1 + 5L * owner);
            assertThatFramesAre(log, 1, 5L * owner);
            for (int i = 0; i < 5; i++) {
                append(log, log.nextFrame());
            }
            if (owner % 2 == 0) {
                run(log::close);
            }
        }
    }

    @Test
    void openingOftenWithoutAppendingKeepsTheFrames() {
        append(open(), 1);
        for (int i = 0; i < 3; i++) {
            assertThat(open().nextFrame()).isEqualTo(2);
        }
        PartitionLog log = open();
        append(log, 2);
        assertThatFramesAre(log, 1, 2);
    }

    @Test
    void aFormerOwnerIsFenced() {
        PartitionLog former = open();
        append(former, 1);
        append(former, 2);
        PartitionLog owner = open();
        assertThat(owner.nextFrame()).isEqualTo(3);

        assertFails(LogException.Kind.FENCED, () -> await(appending(former, 3, bytes(99))));
        assertFails(LogException.Kind.FENCED, () -> await(appending(former, 4, bytes(99))));
        append(owner, 3);

        PartitionLog next = open();
        assertThat(next.nextFrame()).isEqualTo(4);
        assertThatFramesAre(next, 1, 3);
    }

    @Test
    void framesInFlightAtATakeOverAreEitherRefusedOrKept() {
        PartitionLog former = open();
        List<CompletableFuture<Done>> answers = new ArrayList<>();
        for (long frame = 1; frame <= 50; frame++) {
            answers.add(appending(former, frame, bytes(frame)));
        }
        CompletableFuture<PartitionLog> opening = opening(store());
        for (long frame = 51; frame <= 100; frame++) {
            answers.add(appending(former, frame, bytes(frame)));
        }
        PartitionLog owner = await(opening);

        int acknowledged = 0;
        boolean refused = false;
        for (CompletableFuture<Done> answer : answers) {
            boolean done = isDone(answer);
            assertThat(done && refused)
                    .as("a frame acknowledged after one was refused")
                    .isFalse();
            refused |= !done;
            acknowledged += done ? 1 : 0;
        }
        assertThat(owner.nextFrame()).isGreaterThan(acknowledged);
        assertThatFramesAre(owner, 1, owner.nextFrame() - 1);
    }

    @Test
    void aLogRollsOverWithFramesInFlight() {
        PartitionLog log = open(store(10 * FRAME_BYTES));
        List<CompletableFuture<Done>> answers = new ArrayList<>();
        for (long frame = 1; frame <= ROLLING_FRAMES; frame++) {
            answers.add(appending(log, frame, bytes(frame)));
            if (frame % 20 == 0) {
                answers.forEach(this::await);
            }
        }
        answers.forEach(this::await);
        assertThatFramesAre(log, 1, ROLLING_FRAMES);
        PartitionLog next = open();
        assertThat(next.nextFrame()).isEqualTo(ROLLING_FRAMES + 1);
        assertThatFramesAre(next, 1, ROLLING_FRAMES);
    }

    @Test
    void readsAreBoundedByBytesButGiveAtLeastOneFrame() {
        PartitionLog log = open();
        for (long frame = 1; frame <= 20; frame++) {
            append(log, frame);
        }
        assertThat(take(log, 1, 5 * FRAME_BYTES)).hasSizeBetween(1, 5);
        assertThat(take(log, 3, 1)).hasSize(1);
        assertThat(take(log, 20, 1 << 20)).hasSize(1);
    }

    @Test
    void theLargestFrameFits() {
        byte[] largest = new byte[Frame.MAX_BYTES];
        new Random(1).nextBytes(largest);
        PartitionLog log = open();
        await(appending(log, 1, largest));
        assertThat(take(log, 1, 1)).containsExactly(largest);
        assertThat(take(open(), 1, 1)).containsExactly(largest);
    }

    @Test
    void framesMustComeInOrderAndNotBeTooLarge() {
        PartitionLog log = open();
        assertThatThrownBy(() -> await(appending(log, 2, bytes(2)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> await(appending(log, 1, new byte[Frame.MAX_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        append(log, 1);
    }

    @Test
    void truncationHidesFramesForGood() {
        PartitionLog log = open(store(10 * FRAME_BYTES));
        for (long frame = 1; frame <= 100; frame++) {
            append(log, frame);
        }
        truncate(log, 42);
        assertThat(log.firstFrame()).isEqualTo(42);
        assertThatThrownBy(() -> take(log, 41, 1)).isInstanceOf(IllegalArgumentException.class);
        truncate(log, 42);
        truncate(log, 7);
        assertThat(log.firstFrame()).isEqualTo(42);
        assertThatFramesAre(log, 42, 100);

        PartitionLog next = open();
        assertThat(next.firstFrame()).isEqualTo(42);
        assertThatFramesAre(next, 42, 100);
    }

    @Test
    void aLogTruncatedAsAWholeGoesOnCounting() {
        PartitionLog log = open(store(10 * FRAME_BYTES));
        for (long frame = 1; frame <= 30; frame++) {
            append(log, frame);
        }
        truncate(log, 31);
        assertThat(log.firstFrame()).isEqualTo(31);
        PartitionLog second = open();
        assertThat(second.firstFrame()).isEqualTo(31);
        assertThat(second.nextFrame()).isEqualTo(31);
        PartitionLog third = open();
        append(third, 31);
        assertThatFramesAre(third, 31, 31);
        assertThat(open().nextFrame()).isEqualTo(32);
    }

    @Test
    void aCheckpointIsSeenByTheNextOwner() {
        PartitionLog log = open();
        append(log, 1);
        publish(log, new Checkpoint("here", 1));
        assertThat(log.checkpoints()).containsExactly(new Checkpoint("here", 1));
        publish(log, new Checkpoint("there", 1), new Checkpoint("here", 1));
        assertThat(open().checkpoints()).containsExactly(new Checkpoint("there", 1), new Checkpoint("here", 1));
    }

    @Test
    void aFormerOwnerCanNeitherPublishNorTruncate() {
        PartitionLog former = open(store(10 * FRAME_BYTES));
        for (long frame = 1; frame <= 30; frame++) {
            append(former, frame);
        }
        publish(former, new Checkpoint("old", 10));
        PartitionLog another = open(store(10 * FRAME_BYTES));
        PartitionLog owner = open();
        assertFails(LogException.Kind.FENCED, () -> publish(former, new Checkpoint("new", 20)));
        assertFails(LogException.Kind.FENCED, () -> truncate(another, 25));
        PartitionLog next = open();
        assertThat(next.checkpoints()).containsExactly(new Checkpoint("old", 10));
        assertThat(owner.firstFrame()).isEqualTo(1);
        assertThatFramesAre(next, 1, 30);
    }

    @Test
    void aClosedLogCallsNobodyBack() {
        PartitionLog log = open();
        List<Object> answers = new ArrayList<>();
        run(() -> {
            for (long frame = 1; frame <= 10; frame++) {
                log.append(frame, buffer(bytes(frame)), Callback.of(answers::add, answers::add));
            }
            log.publish(List.of(new Checkpoint("nowhere", 1)), Callback.of(answers::add, answers::add));
            log.close();
        });
        open(); // gives the answers time to come
        run(() -> assertThat(answers).isEmpty());
    }

    @Test
    void callbacksRunOnTheLoop() {
        CompletableFuture<Boolean> opened = new CompletableFuture<>();
        CompletableFuture<Boolean> appended = new CompletableFuture<>();
        loop().execute(() -> store().open(
                        partition,
                        loop(),
                        Callback.of(
                                log -> {
                                    opened.complete(loop().inLoop());
                                    log.append(
                                            log.nextFrame(),
                                            buffer(bytes(1)),
                                            Callback.of(
                                                    done -> appended.complete(loop().inLoop()),
                                                    appended::completeExceptionally));
                                },
                                opened::completeExceptionally)));
        assertThat(await(opened)).isTrue();
        assertThat(await(appended)).isTrue();
    }

    @Test
    void logsAreIndependent() {
        PartitionLog one = open();
        PartitionLog other =
                await(this.<PartitionLog>call(callback -> store().open(partition + "-other", loop(), callback)));
        append(one, 1);
        append(other, 1);
        append(one, 2);
        assertThat(other.nextFrame()).isEqualTo(2);
        assertThatFramesAre(one, 1, 2);
    }

    // ---- Steps

    protected final PartitionLog open() {
        return open(store());
    }

    protected final PartitionLog open(LogStore store) {
        return await(opening(store));
    }

    protected final CompletableFuture<PartitionLog> opening(LogStore store) {
        return call(callback -> store.open(partition, loop(), callback));
    }

    /** Appends a frame with the bytes that {@link #assertThatFramesAre} expects. */
    protected final void append(PartitionLog log, long frame) {
        await(appending(log, frame, bytes(frame)));
    }

    protected final CompletableFuture<Done> appending(PartitionLog log, long frame, byte[] bytes) {
        return call(callback -> log.append(frame, buffer(bytes), callback));
    }

    protected final void publish(PartitionLog log, Checkpoint... newestFirst) {
        await(this.<Done>call(callback -> log.publish(List.of(newestFirst), callback)));
    }

    protected final void truncate(PartitionLog log, long frame) {
        await(this.<Done>call(callback -> log.truncate(frame, callback)));
    }

    protected final void assertThatFramesAre(PartitionLog log, long first, long last) {
        long frame = first;
        while (frame <= last) {
            for (byte[] read : take(log, frame, 16 * FRAME_BYTES)) {
                assertThat(read).as("frame %s", frame).isEqualTo(bytes(frame));
                frame++;
            }
        }
        assertThat(frame).isEqualTo(Math.max(first, last + 1));
    }

    /** Reads one batch. */
    protected final List<byte[]> take(PartitionLog log, long frame, int maxBytes) {
        List<ByteBuf> frames = await(this.<List<ByteBuf>>call(callback -> log.read(frame, maxBytes, callback)));
        List<byte[]> bytes = new ArrayList<>();
        for (ByteBuf each : frames) {
            bytes.add(ByteBufUtil.getBytes(each));
            each.release();
        }
        return bytes;
    }

    protected final void run(Runnable step) {
        await(this.<Done>call(callback -> {
            step.run();
            callback.done(Done.DONE);
        }));
    }

    /** Runs a call on the loop; what it throws counts as its answer, too. */
    protected final <T> CompletableFuture<T> call(Consumer<Callback<T>> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop().execute(() -> {
            try {
                step.accept(Callback.of(answer::complete, answer::completeExceptionally));
            } catch (RuntimeException | AssertionError e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    protected static void assertFails(LogException.Kind kind, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.kind())
                .as(failure.getMessage())
                .isEqualTo(kind));
    }

    protected static byte[] bytes(long frame) {
        byte[] bytes = new byte[FRAME_BYTES];
        new Random(frame).nextBytes(bytes);
        return bytes;
    }

    protected static ByteBuf buffer(byte[] bytes) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(Math.max(1, bytes.length))
                .writeBytes(bytes);
    }

    private boolean isDone(CompletableFuture<Done> answer) {
        try {
            await(answer);
            return true;
        } catch (LogException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(LogException.Kind.FENCED);
            return false;
        }
    }

    private static final class ThreadLoop implements Loop {
        private final ThreadLocal<Boolean> mine = ThreadLocal.withInitial(() -> false);
        private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(
                    () -> {
                        mine.set(true);
                        task.run();
                    },
                    "test-loop");
            thread.setDaemon(true);
            return thread;
        });

        @Override
        public void execute(Runnable task) {
            if (!executor.isShutdown()) {
                executor.execute(task);
            }
        }

        @Override
        public boolean inLoop() {
            return mine.get();
        }
    }
}
