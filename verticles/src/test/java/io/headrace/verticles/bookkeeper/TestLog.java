/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Blocking steps on the log of one partition, for tests. A frame's content follows from its number. */
final class TestLog implements AutoCloseable {
    private static final int FRAME_BYTES = 1_000;

    private final String partition;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Loop loop = new ExecutorLoop(executor);

    TestLog(String partition) {
        this.partition = partition;
    }

    String partition() {
        return partition;
    }

    Loop loop() {
        return loop;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    CompletableFuture<PartitionLog> opening(LogStore store) {
        return call(callback -> store.open(partition, loop, callback));
    }

    PartitionLog open(LogStore store) {
        return await(opening(store));
    }

    void assertOpeningFails(LogStore store, LogException.Kind kind) {
        assertThatThrownBy(() -> open(store))
                .isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.kind())
                        .as(failure.getMessage())
                        .isEqualTo(kind));
    }

    /** Appends frames one after the other. */
    void append(PartitionLog log, int frames) {
        for (int i = 0; i < frames; i++) {
            await(appending(log));
        }
    }

    CompletableFuture<Done> appending(PartitionLog log) {
        return call(callback -> {
            long frame = log.nextFrame();
            ByteBuf bytes =
                    PooledByteBufAllocator.DEFAULT.directBuffer(FRAME_BYTES).writeBytes(bytes(frame));
            log.append(frame, bytes, callback);
        });
    }

    void truncate(PartitionLog log, long frame) {
        await(this.<Done>call(callback -> log.truncate(frame, callback)));
    }

    /**
     * Reads frames and checks their content.
     *
     * @return how many reads that took
     */
    int read(PartitionLog log, long first, long last) {
        int reads = 0;
        long frame = first;
        while (frame <= last) {
            long from = frame;
            reads++;
            List<ByteBuf> frames = await(this.<List<ByteBuf>>call(callback -> log.read(from, 1 << 16, callback)));
            List<byte[]> contents = new ArrayList<>();
            for (ByteBuf each : frames) {
                contents.add(ByteBufUtil.getBytes(each));
                each.release();
            }
            for (byte[] content : contents) {
                assertThat(content).as("frame %s", frame).isEqualTo(bytes(frame));
                frame++;
            }
        }
        assertThat(frame).isEqualTo(last + 1);
        return reads;
    }

    <T> CompletableFuture<T> call(Consumer<Callback<T>> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                step.accept(Callback.of(answer::complete, answer::completeExceptionally));
            } catch (RuntimeException | AssertionError e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static byte[] bytes(long frame) {
        byte[] bytes = new byte[FRAME_BYTES];
        new Random(frame).nextBytes(bytes);
        return bytes;
    }

    private static final class ExecutorLoop implements Loop {
        private final ExecutorService executor;
        private volatile Thread thread = Thread.currentThread();

        ExecutorLoop(ExecutorService executor) {
            this.executor = executor;
        }

        @Override
        public void execute(Runnable task) {
            if (!executor.isShutdown()) {
                executor.execute(() -> {
                    thread = Thread.currentThread();
                    task.run();
                });
            }
        }

        @Override
        public boolean inLoop() {
            return Thread.currentThread() == thread;
        }
    }
}
