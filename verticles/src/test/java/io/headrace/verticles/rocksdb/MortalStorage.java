/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageTraits;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A storage as one process sees it that dies at some operation: from there on nothing has an effect, and nothing answers
 * well.
 */
final class MortalStorage implements ChunkStorage {
    private final ChunkStorage storage;
    private final AtomicInteger operations = new AtomicInteger();
    private volatile int last = Integer.MAX_VALUE;
    private volatile boolean lastTakesEffect;

    MortalStorage(ChunkStorage storage) {
        this.storage = storage;
    }

    /** How many operations there were. */
    int operations() {
        return operations.get();
    }

    /** Dies at the operation of this number, counted from 0, before or after that has taken effect. */
    void dieAt(int operation, boolean takesEffect) {
        lastTakesEffect = takesEffect;
        last = operation;
    }

    /** Whether it has died. */
    boolean isDead() {
        return operations.get() > last;
    }

    private static <T> Callback<T> unheard(Callback<T> callback) {
        return Callback.of(
                value -> {
                    ReferenceCountUtil.release(value);
                    callback.failed(death());
                },
                failure -> callback.failed(death()));
    }

    private static StorageException death() {
        return new StorageException(StorageException.Kind.UNAVAILABLE, "the process is dead");
    }

    private <T> void run(Callback<T> callback, Consumer<Callback<T>> operation) {
        run(null, callback, operation);
    }

    /** Runs an operation while there is life; else what it was given is released. */
    private <T> void run(@Nullable ByteBuf given, Callback<T> callback, Consumer<Callback<T>> operation) {
        int number = operations.getAndIncrement();
        if (number < last) {
            operation.accept(callback);
        } else if (number == last && lastTakesEffect) {
            operation.accept(unheard(callback));
        } else {
            ReferenceCountUtil.release(given);
            callback.failed(death());
        }
    }

    @Override
    public StorageTraits traits() {
        return storage.traits();
    }

    @Override
    public void identity(CallbackExecutor executor, Callback<String> identity) {
        run(identity, callback -> storage.identity(executor, callback));
    }

    @Override
    public void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put) {
        run(bytes, put, callback -> storage.put(chunk, bytes, executor, callback));
    }

    @Override
    public void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created) {
        run(
                created,
                callback -> storage.create(
                        chunk,
                        executor,
                        Callback.of(writer -> callback.done(new MortalWriter(writer)), callback::failed)));
    }

    @Override
    public void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read) {
        run(read, callback -> storage.read(chunk, offset, into, executor, callback));
    }

    @Override
    public void length(String chunk, CallbackExecutor executor, Callback<Long> length) {
        run(length, callback -> storage.length(chunk, executor, callback));
    }

    @Override
    public void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists) {
        run(exists, callback -> storage.exists(chunk, executor, callback));
    }

    @Override
    public void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed) {
        run(sealed, callback -> storage.seal(chunk, executor, callback));
    }

    @Override
    public void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted) {
        run(deleted, callback -> storage.delete(chunk, executor, callback));
    }

    @Override
    public void list(
            String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed) {
        run(listed, callback -> storage.list(prefix, from, limit, executor, callback));
    }

    @Override
    public void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged) {
        throw new UnsupportedOperationException("checkpoints are not merged");
    }

    @Override
    public void close() {}

    private final class MortalWriter implements ChunkWriter {
        private final ChunkWriter writer;

        MortalWriter(ChunkWriter writer) {
            this.writer = writer;
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
            run(bytes, written, callback -> writer.write(offset, bytes, callback));
        }

        @Override
        public void seal(Callback<Long> sealed) {
            run(sealed, writer::seal);
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
