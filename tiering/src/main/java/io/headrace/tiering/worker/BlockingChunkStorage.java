/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkName;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage whose operations block. Each public method has a counterpart of the same name to implement, which a worker
 * calls with checked arguments; it returns the answer or throws. An {@link IOException} becomes what {@link #failure}
 * makes of it.
 *
 * <p>A worker is interrupted when the deadline of its operation passes, so that implementations should let go on an
 * interrupt if they can.
 */
public abstract class BlockingChunkStorage implements ChunkStorage {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingChunkStorage.class);
    private static final int MAX_LIMIT = 1_000;
    /** What a merge may hold in memory; a storage that needs more has to go in steps. */
    private static final int MERGE_BYTES = 16 << 20;

    private final String storage;
    private final Operations operations;
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();

    /**
     * Makes a storage with workers, which do not run yet.
     *
     * @param storage names the storage in messages
     */
    protected BlockingChunkStorage(String storage, StorageOptions options) {
        this(storage, options, Timer.real());
    }

    BlockingChunkStorage(String storage, StorageOptions options, Timer timer) {
        this.storage = storage;
        this.operations = new Operations(storage, options, timer);
    }

    /** Creates a chunk with all its bytes, synced, whole or not at all. */
    protected abstract void put(ChunkName chunk, ByteBuf bytes) throws IOException;

    /** Creates an empty chunk. Where bytes can be read before it is sealed, its name is synced. */
    protected abstract OpenChunk create(ChunkName chunk) throws IOException;

    /** Reads as many bytes as a buffer has room for. */
    protected abstract void read(ChunkName chunk, long offset, ByteBuf into) throws IOException;

    /** Length of a chunk, NOT_FOUND if the storage says for certain that there is none. */
    protected abstract long length(ChunkName chunk) throws IOException;

    protected abstract long seal(ChunkName chunk) throws IOException;

    protected abstract void delete(ChunkName chunk) throws IOException;

    /**
     * Lists a page of chunks.
     *
     * @param prefix escaped segments
     */
    protected abstract ChunkPage list(List<String> prefix, @Nullable String from, int limit) throws IOException;

    /**
     * Joins chunks of one directory.
     *
     * @param lengths of the slices of the sources
     */
    protected abstract void merge(ChunkName target, List<ChunkName> sources, List<Long> lengths) throws IOException;

    /** Closes what the storage holds, after its workers have stopped. */
    protected abstract void closeNow();

    /** Says in terms of the port what an exception of the storage means. */
    protected abstract StorageException failure(String what, IOException cause);

    @Override
    public final void identity(CallbackExecutor executor, Callback<String> identity) {
        submit("asking " + storage + " for its identity", executor, identity, () -> {
            try {
                return readMarker();
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
            makeMarker();
            return readMarker();
        });
    }

    private String readMarker() throws IOException {
        int length = (int) Math.min(Marker.MAX_BYTES, length(Marker.CHUNK));
        if (length == 0) {
            return Marker.identity(new byte[0], storage);
        }
        ByteBuf text = Unpooled.buffer(length, length);
        try {
            read(Marker.CHUNK, 0, text);
            return Marker.identity(ByteBufUtil.getBytes(text), storage);
        } finally {
            text.release();
        }
    }

    private void makeMarker() throws IOException {
        try {
            put(Marker.CHUNK, Unpooled.wrappedBuffer(Marker.make()));
        } catch (StorageException e) {
            // Somebody else may have done so at the same time.
            if (e.kind() != Kind.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    @Override
    public final void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put) {
        submit(
                "putting chunk " + chunk,
                Load.of(bytes.readableBytes()),
                executor,
                put,
                () -> {
                    put(ChunkName.of(chunk), bytes);
                    return Done.DONE;
                },
                done -> {},
                bytes::release);
    }

    @Override
    public final void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created) {
        submit(
                "creating chunk " + chunk,
                Load.NONE,
                executor,
                created,
                () -> {
                    OpenChunk open = create(ChunkName.of(chunk));
                    return new BlockingWriter(this, chunk, new Handle(open, operations::execute, handles), executor);
                },
                ChunkWriter::close,
                () -> {});
    }

    @Override
    public final void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read) {
        int length = into.writableBytes();
        String what = "reading " + length + " bytes at " + offset + " of chunk " + chunk;
        submit(
                what,
                Load.of(length),
                executor,
                read,
                () -> {
                    if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
                        throw bad(what + " is impossible; ask for at least one byte at an offset that is not negative");
                    }
                    read(ChunkName.of(chunk), offset, into);
                    return into.retain();
                },
                ByteBuf::release,
                into::release);
    }

    @Override
    public final void length(String chunk, CallbackExecutor executor, Callback<Long> length) {
        submit("asking for the length of chunk " + chunk, executor, length, () -> length(ChunkName.of(chunk)));
    }

    @Override
    public final void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists) {
        submit("looking for chunk " + chunk, executor, exists, () -> {
            try {
                return length(ChunkName.of(chunk)) >= 0;
            } catch (StorageException e) {
                if (e.kind() == Kind.NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public final void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed) {
        submit("sealing chunk " + chunk, executor, sealed, () -> seal(ChunkName.of(chunk)));
    }

    @Override
    public final void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted) {
        submit("deleting chunk " + chunk, executor, deleted, () -> {
            delete(ChunkName.of(chunk));
            return Done.DONE;
        });
    }

    @Override
    public final void list(
            String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed) {
        submit("listing chunks of " + prefix, executor, listed, () -> {
            if (limit < 1 || limit > MAX_LIMIT) {
                throw bad("a page cannot have " + limit + " chunks; ask for 1 to " + MAX_LIMIT);
            }
            return list(ChunkName.ofPrefix(prefix), from, limit);
        });
    }

    @Override
    public final void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged) {
        long total = sources.stream().mapToLong(ChunkSlice::length).sum();
        submit(
                "merging " + sources.size() + " chunks into " + target,
                new Load(Math.max(0, Math.min(total, MERGE_BYTES)), Math.max(0, total)),
                executor,
                merged,
                () -> {
                    merge(target, List.copyOf(sources));
                    return total;
                },
                length -> {},
                () -> {});
    }

    private void merge(String target, List<ChunkSlice> sources) throws IOException {
        ChunkName into = ChunkName.of(target);
        List<ChunkName> names = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        Set<ChunkName> seen = new HashSet<>(Set.of(into));
        for (ChunkSlice source : sources) {
            ChunkName name = ChunkName.of(source.chunk());
            if (!seen.add(name) || !name.directory().equals(into.directory()) || source.length() < 0) {
                throw bad("chunk " + source.chunk() + " cannot be merged into " + target
                        + "; give different chunks of one directory, and no negative length");
            }
            names.add(name);
            lengths.add(source.length());
        }
        if (names.isEmpty()) {
            throw bad("nothing was given to merge into " + target + "; give at least one chunk");
        }
        merge(into, names, lengths);
    }

    @Override
    public final void close() {
        operations.close();
        handles.forEach(Handle::closeNow);
        closeNow();
    }

    private <T> void submit(String what, CallbackExecutor executor, Callback<T> callback, Operation.Work<T> work) {
        submit(what, Load.NONE, executor, callback, work, value -> {}, () -> {});
    }

    final <T> void submit(
            String what,
            Load load,
            CallbackExecutor executor,
            Callback<T> callback,
            Operation.Work<T> work,
            Consumer<? super T> discard,
            Runnable release) {
        Operation.Work<T> translated = () -> {
            try {
                return work.run();
            } catch (IOException e) {
                throw failure(what, e);
            }
        };
        operations.submit(new Operation<>(what, load, executor, callback, translated, discard, release));
    }

    /** What {@link #inBackground} runs. */
    protected interface Task {
        void run() throws IOException;
    }

    /** Does something that nobody waits for, within the same bounds as anything else. */
    protected final void inBackground(String what, Task task) {
        Callback<Done> unheard = Callback.of(done -> {}, failure -> LOG.debug("Left out: {}", failure.getMessage()));
        submit(what, Runnable::run, unheard, () -> {
            task.run();
            return Done.DONE;
        });
    }

    private static StorageException bad(String message) {
        return new StorageException(Kind.BAD_REQUEST, message);
    }
}
