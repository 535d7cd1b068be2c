/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A storage whose every n-th call fails, or is late, those of its writers counted in: for tests of what stands above a
 * storage.
 * Counts from the first call, so that a single-threaded test sees the same failures each time.
 */
public final class FaultyChunkStorage implements ChunkStorage {

    /** What happens to a call that fails. */
    public enum Fault {
        /** Nothing is done, and UNAVAILABLE is the answer. */
        NOT_DONE,
        /** It is done, but UNAVAILABLE is the answer. */
        ANSWER_LOST,
        /** Nothing is done, and FULL is the answer. Of calls that take no room it is UNAVAILABLE. */
        FULL,
        /** It is done, and the answer comes half a second later. */
        LATE
    }

    private static final Executor LATER = CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);

    private final ChunkStorage real;
    private final int every;
    private final Fault fault;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    /**
     * Wraps a storage.
     *
     * @param every the n-th, 2n-th and so on calls fail; 0 for none
     */
    public FaultyChunkStorage(ChunkStorage real, int every, Fault fault) {
        this.real = real;
        this.every = every;
        this.fault = fault;
    }

    /** How many calls have failed here, or were late. */
    public int failures() {
        return failures.get();
    }

    @Override
    public StorageTraits traits() {
        return real.traits();
    }

    @Override
    public void identity(CallbackExecutor executor, Callback<String> identity) {
        call(executor, identity, callback -> real.identity(executor, callback));
    }

    @Override
    public void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put) {
        call(true, executor, put, callback -> real.put(chunk, bytes, executor, callback), bytes::release, done -> {});
    }

    @Override
    public void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created) {
        call(
                true,
                executor,
                created,
                callback -> real.create(
                        chunk,
                        executor,
                        Callback.of(writer -> callback.done(new FaultyWriter(writer, executor)), callback::failed)),
                () -> {},
                ChunkWriter::close);
    }

    @Override
    public void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read) {
        call(
                false,
                executor,
                read,
                callback -> real.read(chunk, offset, into, executor, callback),
                into::release,
                ByteBuf::release);
    }

    @Override
    public void length(String chunk, CallbackExecutor executor, Callback<Long> length) {
        call(executor, length, callback -> real.length(chunk, executor, callback));
    }

    @Override
    public void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists) {
        call(executor, exists, callback -> real.exists(chunk, executor, callback));
    }

    @Override
    public void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed) {
        call(executor, sealed, callback -> real.seal(chunk, executor, callback));
    }

    @Override
    public void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted) {
        call(executor, deleted, callback -> real.delete(chunk, executor, callback));
    }

    @Override
    public void list(
            String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed) {
        call(executor, listed, callback -> real.list(prefix, from, limit, executor, callback));
    }

    @Override
    public void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged) {
        call(executor, merged, callback -> real.merge(target, sources, executor, callback));
    }

    @Override
    public void close() {
        real.close();
    }

    private <T> void call(CallbackExecutor executor, Callback<T> callback, Consumer<Callback<T>> calling) {
        call(false, executor, callback, calling, () -> {}, value -> {});
    }

    /**
     * Makes a call, or lets it fail.
     *
     * @param takesRoom whether it can find the storage full
     * @param release gives back what is passed in with a call that is not made
     * @param discard takes the value of an answer that is lost
     */
    private <T> void call(
            boolean takesRoom,
            CallbackExecutor executor,
            Callback<T> callback,
            Consumer<Callback<T>> calling,
            Runnable release,
            Consumer<? super T> discard) {
        if (every == 0 || calls.incrementAndGet() % every != 0) {
            calling.accept(callback);
            return;
        }
        int number = failures.incrementAndGet();
        if (fault == Fault.LATE) {
            calling.accept(Callback.of(
                    value -> LATER.execute(() -> executor.execute(() -> callback.done(value))),
                    late -> LATER.execute(() -> executor.execute(() -> callback.failed(late)))));
            return;
        }
        StorageException.Kind kind =
                takesRoom && fault == Fault.FULL ? StorageException.Kind.FULL : StorageException.Kind.UNAVAILABLE;
        StorageException failure = new StorageException(kind, "failure " + number + " of this test; " + fault);
        if (fault == Fault.ANSWER_LOST) {
            calling.accept(Callback.of(
                    value -> {
                        discard.accept(value);
                        callback.failed(failure);
                    },
                    real -> callback.failed(failure)));
            return;
        }
        release.run();
        executor.execute(() -> callback.failed(failure));
    }

    /** A writer that ends with the first failure, as a real one does. */
    private final class FaultyWriter implements ChunkWriter {
        private final ChunkWriter writer;
        private final CallbackExecutor executor;
        private @Nullable StorageException ended;

        FaultyWriter(ChunkWriter writer, CallbackExecutor executor) {
            this.writer = writer;
            this.executor = executor;
        }

        @Override
        public String chunk() {
            return writer.chunk();
        }

        @Override
        public long length() {
            return writer.length();
        }

        @Override
        public void write(long offset, ByteBuf bytes, Callback<Long> written) {
            if (isEnded(written)) {
                bytes.release();
                return;
            }
            call(
                    true,
                    executor,
                    ending(written),
                    callback -> writer.write(offset, bytes, callback),
                    bytes::release,
                    length -> {});
        }

        @Override
        public void seal(Callback<Long> sealed) {
            if (!isEnded(sealed)) {
                FaultyChunkStorage.this.call(executor, ending(sealed), writer::seal);
            }
        }

        @Override
        public void close() {
            writer.close();
        }

        private boolean isEnded(Callback<Long> callback) {
            StorageException failure = ended;
            if (failure != null) {
                executor.execute(() -> callback.failed(failure));
            }
            return failure != null;
        }

        private Callback<Long> ending(Callback<Long> callback) {
            return Callback.of(callback::done, failure -> {
                if (failure.kind() != StorageException.Kind.BAD_REQUEST
                        && failure.kind() != StorageException.Kind.INVALID_OFFSET) {
                    ended = failure;
                    writer.close();
                }
                callback.failed(failure);
            });
        }
    }
}
