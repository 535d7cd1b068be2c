/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.StorageCalls.Operation;
import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageTraits;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A storage whose calls are counted. */
final class MeasuredStorage implements ChunkStorage {
    private final ChunkStorage storage;
    private final StorageCalls calls;

    MeasuredStorage(ChunkStorage storage, StorageCalls calls) {
        this.storage = storage;
        this.calls = calls;
    }

    @Override
    public StorageTraits traits() {
        return storage.traits();
    }

    @Override
    public void identity(CallbackExecutor executor, Callback<String> identity) {
        storage.identity(executor, calls.begin(Operation.IDENTITY, identity));
    }

    @Override
    public void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put) {
        storage.put(chunk, bytes, executor, calls.begin(Operation.PUT, put));
    }

    @Override
    public void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created) {
        storage.create(
                chunk,
                executor,
                calls.begin(
                        Operation.CREATE,
                        Callback.of(writer -> created.done(new MeasuredWriter(writer, calls)), created::failed)));
    }

    @Override
    public void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read) {
        storage.read(chunk, offset, into, executor, calls.begin(Operation.READ, read));
    }

    @Override
    public void length(String chunk, CallbackExecutor executor, Callback<Long> length) {
        storage.length(chunk, executor, calls.begin(Operation.LENGTH, length));
    }

    @Override
    public void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists) {
        storage.exists(chunk, executor, calls.begin(Operation.EXISTS, exists));
    }

    @Override
    public void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed) {
        storage.seal(chunk, executor, calls.begin(Operation.SEAL, sealed));
    }

    @Override
    public void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted) {
        storage.delete(chunk, executor, calls.begin(Operation.DELETE, deleted));
    }

    @Override
    public void list(
            String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed) {
        storage.list(prefix, from, limit, executor, calls.begin(Operation.LIST, listed));
    }

    @Override
    public void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged) {
        storage.merge(target, sources, executor, calls.begin(Operation.MERGE, merged));
    }

    @Override
    public void close() {
        storage.close();
    }

    private record MeasuredWriter(ChunkWriter writer, StorageCalls calls) implements ChunkWriter {
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
            writer.write(offset, bytes, calls.begin(Operation.WRITE, written));
        }

        @Override
        public void seal(Callback<Long> sealed) {
            writer.seal(calls.begin(Operation.SEAL, sealed));
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
