/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.tiering.Callback;
import io.headrace.tiering.ChunkName;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Chunks;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.headrace.tiering.StorageTraits;
import io.headrace.tiering.TestLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bounds, deadlines and answers, with a storage whose calls end when the test says so. */
final class BlockingChunkStorageTest {
    private static final StorageOptions OPTIONS =
            StorageOptions.DEFAULTS.withWorkers(2).withMaxBytesInFlight(100);

    private final TestLoop loop = new TestLoop();
    private final List<GatedStorage> storages = new ArrayList<>();

    @AfterEach
    void close() {
        storages.forEach(storage -> storage.gate.countDown());
        storages.forEach(GatedStorage::close);
        loop.close();
    }

    private GatedStorage storage(StorageOptions options) {
        GatedStorage storage = new GatedStorage(options);
        storages.add(storage);
        return storage;
    }

    @Test
    void bytesInFlightAreBounded() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS.withWorkers(10));
        Chunks chunks = new Chunks(storage, loop);
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            reads.add(chunks.reading("a", i, 30));
        }
        for (int i = 0; i < 3; i++) {
            storage.awaitCall();
        }
        assertThat(storage.running).hasValue(3);
        // 3 run and 3 wait, with 90 bytes each; the seventh is one too many.
        assertKind(Kind.UNAVAILABLE, "slow down", reads.get(6));
        storage.gate.countDown();
        for (CompletableFuture<byte[]> read : reads.subList(0, 6)) {
            assertThat(Chunks.await(read)).hasSize(30);
        }
        assertThat(storage.mostRunning).hasValue(3);
        assertKind(Kind.BAD_REQUEST, "smaller parts", chunks.reading("a", 0, 101));
        assertThat(chunks.read("a", 0, 100)).hasSize(100);
    }

    @Test
    void operationsThatWaitAreBounded() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS.withMaxWaiting(3));
        Chunks chunks = new Chunks(storage, loop);
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            reads.add(chunks.reading("a", 0, 1));
            storage.awaitCall();
        }
        for (int i = 0; i < 4; i++) {
            reads.add(chunks.reading("a", 0, 1));
        }
        assertKind(Kind.UNAVAILABLE, "3 operations", reads.get(5));
        storage.gate.countDown();
        for (CompletableFuture<byte[]> read : reads.subList(0, 5)) {
            assertThat(Chunks.await(read)).hasSize(1);
        }
        assertThat(storage.mostRunning).hasValue(2);
    }

    @Test
    void theDeadlineCountsFromTheCallAndTheBytesStayUntilTheWorkerLetsGo() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS.withWorkers(1));
        Chunks chunks = new Chunks(storage, loop);
        ByteBuf running = Unpooled.buffer().writeZero(10);
        ByteBuf waiting = Unpooled.buffer().writeZero(10);
        CompletableFuture<Done> first = chunks.call(callback -> storage.put("a", running, loop, callback));
        storage.awaitCall();
        CompletableFuture<Done> second = chunks.call(callback -> storage.put("b", waiting, loop, callback));
        Chunks.await(chunks.<Done>call(callback -> callback.done(Done.DONE)));
        storage.timer.expire();
        assertKind(Kind.UNAVAILABLE, "outcome is unknown", first);
        assertKind(Kind.UNAVAILABLE, "was not tried", second);
        assertThat(running.refCnt()).isEqualTo(1);
        storage.awaitInterrupt();
        storage.gate.countDown();
        assertThat(chunks.read("a", 0, 1)).hasSize(1);
        assertThat(running.refCnt()).isZero();
        assertThat(waiting.refCnt()).isZero();
    }

    @Test
    void whatIsPassedInIsReleasedHoweverItEnds() {
        GatedStorage storage = storage(OPTIONS);
        storage.gate.countDown();
        Chunks chunks = new Chunks(storage, loop);
        for (String chunk : List.of("works", "fails", "breaks", "bad//name")) {
            ByteBuf bytes = Unpooled.buffer().writeZero(10);
            CompletableFuture<Done> put = chunks.call(callback -> storage.put(chunk, bytes, loop, callback));
            if (chunk.equals("works")) {
                Chunks.await(put);
            } else {
                assertThatThrownBy(() -> Chunks.await(put)).isInstanceOf(StorageException.class);
            }
            // The worker answers first and lets go then; it is free for the next call after that.
            chunks.read("a", 0, 100);
            assertThat(bytes.refCnt()).as(chunk).isZero();
        }
        storage.close();
        ByteBuf late = Unpooled.buffer().writeZero(10);
        CompletableFuture<Done> refused = chunks.call(callback -> storage.put("a", late, loop, callback));
        assertKind(Kind.UNAVAILABLE, "closed", refused);
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void anExceptionThatNobodyExpectedIsAnAnswerToo() {
        GatedStorage storage = storage(OPTIONS);
        storage.gate.countDown();
        Chunks chunks = new Chunks(storage, loop);
        assertKind(Kind.UNAVAILABLE, "the disk is gone", chunks.putting("fails", new byte[1]));
        assertKind(Kind.UNAVAILABLE, "unexpected", chunks.putting("breaks", new byte[1]));
    }

    @Test
    void anAnswerThatNobodyTakesIsLetGo() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS);
        storage.gate.countDown();
        BlockingQueue<ByteBuf> read = storage.read;
        storage.read(
                "a",
                0,
                Unpooled.buffer(10, 10),
                task -> {
                    throw new RejectedExecutionException("the loop has ended");
                },
                Callback.of(bytes -> {}, failure -> {}));
        ByteBuf bytes = read.poll(60, TimeUnit.SECONDS);
        assertThat(bytes).isNotNull();
        // Another operation on the same worker comes after the end of that one.
        new Chunks(storage, loop).read("a", 0, 100);
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void aWriterIsClosedOnceBySomeWorker() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS.withWorkers(1));
        Chunks chunks = new Chunks(storage, loop);
        Chunks.Writer writer = chunks.create("a");
        CompletableFuture<Long> stuck = writer.writing(0, new byte[10]);
        storage.awaitCall();
        storage.timer.expire();
        assertKind(Kind.UNAVAILABLE, "outcome is unknown", stuck);
        writer.close();
        assertThat(storage.closes).hasValue(0);
        storage.gate.countDown();
        storage.awaitClosed();
        assertThat(storage.closes).hasValue(1);
        assertKind(Kind.UNAVAILABLE, "another chunk", writer.writing(0, new byte[10]));
        storage.close();
        assertThat(storage.closes).hasValue(1);
    }

    @Test
    void writersThatAreOpenAreClosedWithTheStorage() {
        GatedStorage storage = storage(OPTIONS);
        Chunks chunks = new Chunks(storage, loop);
        chunks.create("a");
        chunks.create("b").close();
        storage.close();
        assertThat(storage.closes).hasValue(2);
    }

    @Test
    void aWriterThatComesTooLateIsClosed() throws InterruptedException {
        GatedStorage storage = storage(OPTIONS);
        Chunks chunks = new Chunks(storage, loop);
        CompletableFuture<ChunkWriter> late = chunks.call(callback -> storage.create("gated", loop, callback));
        storage.awaitCall();
        storage.timer.expire();
        assertKind(Kind.UNAVAILABLE, "outcome is unknown", late);
        storage.gate.countDown();
        storage.awaitClosed();
        assertThat(storage.closes).hasValue(1);
    }

    private static void assertKind(Kind kind, String message, CompletableFuture<?> answer) {
        assertThatThrownBy(() -> Chunks.await(answer))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    /** Deadlines pass when the test says so. */
    private static final class ManualTimer implements Timer {
        private final BlockingQueue<FutureTask<?>> tasks = new LinkedBlockingQueue<>();

        @Override
        public Future<?> schedule(Runnable task, long millis) {
            assertThat(millis).isPositive();
            FutureTask<?> scheduled = new FutureTask<>(task, null);
            tasks.add(scheduled);
            return scheduled;
        }

        /** Lets the deadlines pass of all operations that are under way. */
        void expire() {
            List<FutureTask<?>> due = new ArrayList<>();
            tasks.drainTo(due);
            due.forEach(FutureTask::run);
        }

        @Override
        public void close() {
            tasks.clear();
        }
    }

    /** Reads and writes wait at a gate, and put up with interrupts as a system call does. */
    private static final class GatedStorage extends BlockingChunkStorage {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> interrupts = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
        private final BlockingQueue<ByteBuf> read = new LinkedBlockingQueue<>();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger mostRunning = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();
        private final ManualTimer timer;

        GatedStorage(StorageOptions options) {
            this(options, new ManualTimer());
        }

        private GatedStorage(StorageOptions options, ManualTimer timer) {
            super("a storage for tests", options, timer);
            this.timer = timer;
        }

        void awaitCall() throws InterruptedException {
            assertThat(calls.poll(60, TimeUnit.SECONDS)).isNotNull();
        }

        void awaitInterrupt() throws InterruptedException {
            assertThat(interrupts.poll(60, TimeUnit.SECONDS)).isNotNull();
        }

        void awaitClosed() throws InterruptedException {
            assertThat(closed.poll(60, TimeUnit.SECONDS)).isNotNull();
        }

        private void pass(String call) {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            calls.add(call);
            boolean open = false;
            while (!open) {
                try {
                    gate.await();
                    open = true;
                } catch (InterruptedException e) {
                    interrupts.add(call);
                }
            }
            running.decrementAndGet();
        }

        @Override
        public StorageTraits traits() {
            return new StorageTraits(true, 1, false, false);
        }

        @Override
        protected void put(ChunkName chunk, ByteBuf bytes) throws IOException {
            pass("put");
            if (chunk.name().equals("fails")) {
                throw new IOException("the disk is gone");
            }
            if (chunk.name().equals("breaks")) {
                throw new IllegalStateException("a bug");
            }
            bytes.getByte(bytes.readerIndex());
        }

        @Override
        protected OpenChunk create(ChunkName chunk) {
            if (chunk.name().equals("gated")) {
                pass("create");
            }
            return new OpenChunk() {
                @Override
                public void append(long offset, ByteBuf bytes) {
                    pass("append");
                }

                @Override
                public void seal(long length) {
                    pass("seal");
                }

                @Override
                public void close() {
                    closes.incrementAndGet();
                    closed.add(chunk.name());
                }
            };
        }

        @Override
        protected void read(ChunkName chunk, long offset, ByteBuf into) {
            read.add(into);
            pass("read");
            into.writeZero(into.writableBytes());
        }

        @Override
        protected long length(ChunkName chunk) {
            return 0;
        }

        @Override
        protected long seal(ChunkName chunk) {
            return 0;
        }

        @Override
        protected void delete(ChunkName chunk) {}

        @Override
        protected ChunkPage list(List<String> prefix, @Nullable String from, int limit) {
            return new ChunkPage(List.of(), null);
        }

        @Override
        protected void merge(ChunkName target, List<ChunkName> sources, List<Long> lengths) {}

        @Override
        protected void closeNow() {}

        @Override
        protected StorageException failure(String what, IOException cause) {
            return new StorageException(Kind.UNAVAILABLE, what + ": " + cause.getMessage(), cause);
        }
    }
}
