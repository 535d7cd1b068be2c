/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A writer over an {@link OpenChunk}. Its fields belong to the caller's executor, the chunk to the workers. */
final class BlockingWriter implements ChunkWriter {
    private final BlockingChunkStorage storage;
    private final String chunk;
    private final Handle handle;
    private final CallbackExecutor executor;

    private long length;
    private boolean busy;

    /** What every further call fails with. */
    private @Nullable StorageException ended;

    BlockingWriter(BlockingChunkStorage storage, String chunk, Handle handle, CallbackExecutor executor) {
        this.storage = storage;
        this.chunk = chunk;
        this.handle = handle;
        this.executor = executor;
    }

    @Override
    public String chunk() {
        return chunk;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void write(long offset, ByteBuf bytes, Callback<Long> written) {
        int count = bytes.readableBytes();
        String what = "writing " + count + " bytes at " + offset + " to chunk " + chunk;
        StorageException refused = refusal(what);
        if (refused == null && offset != length) {
            refused = new StorageException(
                    Kind.INVALID_OFFSET, what + " is impossible: it ends at " + length + "; write there");
        }
        if (refused == null && count == 0) {
            refused = new StorageException(Kind.BAD_REQUEST, what + " does nothing; write at least one byte");
        }
        if (refused != null) {
            bytes.release();
            fail(written, refused);
            return;
        }
        busy = true;
        long end = offset + count;
        storage.submit(
                what,
                Load.of(count),
                executor,
                Callback.of(
                        done -> {
                            busy = false;
                            length = end;
                            written.done(end);
                        },
                        failure -> {
                            busy = false;
                            if (failure.kind() != Kind.BAD_REQUEST) {
                                end(failure);
                            }
                            written.failed(failure);
                        }),
                () -> {
                    handle.use(open -> open.append(offset, bytes));
                    return end;
                },
                late -> handle.retire(),
                bytes::release);
    }

    @Override
    public void seal(Callback<Long> sealed) {
        String what = "sealing chunk " + chunk;
        StorageException refused = refusal(what);
        if (refused != null) {
            fail(sealed, refused);
            return;
        }
        busy = true;
        long end = length;
        storage.submit(
                what,
                Load.NONE,
                executor,
                Callback.of(
                        done -> {
                            busy = false;
                            end(new StorageException(
                                    Kind.BAD_REQUEST, "chunk " + chunk + " is sealed; write to another one"));
                            sealed.done(end);
                        },
                        failure -> {
                            busy = false;
                            end(failure);
                            sealed.failed(failure);
                        }),
                () -> {
                    handle.use(open -> open.seal(end));
                    return end;
                },
                late -> handle.retire(),
                () -> {});
    }

    @Override
    public void close() {
        end(new StorageException(
                Kind.BAD_REQUEST, "the writer of chunk " + chunk + " is closed; write to another chunk"));
    }

    private void end(StorageException failure) {
        if (ended == null) {
            ended = failure;
            handle.retire();
        }
    }

    private @Nullable StorageException refusal(String what) {
        if (busy) {
            return new StorageException(
                    Kind.BAD_REQUEST, what + " came before the answer to the last call; wait for that");
        }
        if (ended == null) {
            return null;
        }
        return ended.kind() == Kind.BAD_REQUEST
                ? ended
                : new StorageException(
                        ended.kind(),
                        what + " was not tried after an earlier failure; put the rest into another chunk. It was: "
                                + ended.getMessage(),
                        ended);
    }

    private <T> void fail(Callback<T> callback, StorageException failure) {
        executor.execute(() -> callback.failed(failure));
    }
}
