/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A storage for tests that wait: each method asks on a loop and returns the answer, or throws what the answer was. */
public final class Chunks {
    /** For tests that are not about deadlines: those of a busy machine. */
    public static final StorageOptions PATIENT = StorageOptions.DEFAULTS.withDeadlineMillis(240_000);

    private static final long ANSWER_SECONDS = 300;

    private final ChunkStorage storage;
    private final TestLoop loop;

    public Chunks(ChunkStorage storage, TestLoop loop) {
        this.storage = storage;
        this.loop = loop;
    }

    public ChunkStorage storage() {
        return storage;
    }

    public String identity() {
        return await(this.<String>call(callback -> storage.identity(loop, callback)));
    }

    public void put(String chunk, byte[] bytes) {
        await(putting(chunk, bytes));
    }

    public CompletableFuture<Done> putting(String chunk, byte[] bytes) {
        return call(callback -> storage.put(chunk, buffer(bytes), loop, callback));
    }

    public Writer create(String chunk) {
        return new Writer(await(this.<ChunkWriter>call(callback -> storage.create(chunk, loop, callback))));
    }

    public byte[] read(String chunk, long offset, int length) {
        return await(reading(chunk, offset, length));
    }

    public CompletableFuture<byte[]> reading(String chunk, long offset, int length) {
        return this.<ByteBuf>call(callback -> storage.read(
                        chunk, offset, PooledByteBufAllocator.DEFAULT.directBuffer(length, length), loop, callback))
                .thenApply(bytes -> {
                    try {
                        return ByteBufUtil.getBytes(bytes);
                    } finally {
                        bytes.release();
                    }
                });
    }

    public long length(String chunk) {
        return await(this.<Long>call(callback -> storage.length(chunk, loop, callback)));
    }

    public boolean exists(String chunk) {
        return await(this.<Boolean>call(callback -> storage.exists(chunk, loop, callback)));
    }

    public long seal(String chunk) {
        return await(this.<Long>call(callback -> storage.seal(chunk, loop, callback)));
    }

    public void delete(String chunk) {
        await(this.<Done>call(callback -> storage.delete(chunk, loop, callback)));
    }

    public ChunkPage page(String prefix, @Nullable String from, int limit) {
        return await(this.<ChunkPage>call(callback -> storage.list(prefix, from, limit, loop, callback)));
    }

    /** All pages of a listing. */
    public List<ChunkInfo> list(String prefix, int limit) {
        List<ChunkInfo> all = new ArrayList<>();
        ChunkPage page = page(prefix, null, limit);
        all.addAll(page.chunks());
        while (page.next() != null) {
            page = page(prefix, page.next(), limit);
            all.addAll(page.chunks());
        }
        return all;
    }

    public long merge(String target, List<ChunkSlice> sources) {
        return await(this.<Long>call(callback -> storage.merge(target, sources, loop, callback)));
    }

    /** Asks on the loop. */
    public <T> CompletableFuture<T> call(Consumer<Callback<T>> asking) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Callback<T> callback = Callback.of(
                value -> complete(answer, () -> answer.complete(value)),
                failure -> complete(answer, () -> answer.completeExceptionally(failure)));
        loop.execute(() -> asking.accept(callback));
        return answer;
    }

    private void complete(CompletableFuture<?> answer, Runnable completion) {
        if (!loop.inLoop()) {
            answer.completeExceptionally(new AssertionError("answered on " + Thread.currentThread()));
        } else if (answer.isDone()) {
            throw new AssertionError("answered twice");
        } else {
            completion.run();
        }
    }

    /** Waits for an answer; throws the failure that it is, if it is one. */
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    static ByteBuf buffer(byte[] bytes) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(Math.max(1, bytes.length))
                .writeBytes(bytes);
    }

    /** A writer for tests that wait. */
    public final class Writer {
        private final ChunkWriter writer;

        private Writer(ChunkWriter writer) {
            this.writer = writer;
        }

        public long write(long offset, byte[] bytes) {
            return await(writing(offset, bytes));
        }

        public CompletableFuture<Long> writing(long offset, byte[] bytes) {
            return call(callback -> writer.write(offset, buffer(bytes), callback));
        }

        public long seal() {
            return await(Chunks.this.<Long>call(writer::seal));
        }

        public long length() {
            return await(Chunks.this.<Long>call(callback -> callback.done(writer.length())));
        }

        public void close() {
            await(Chunks.this.<Done>call(callback -> {
                writer.close();
                callback.done(Done.DONE);
            }));
        }
    }
}
