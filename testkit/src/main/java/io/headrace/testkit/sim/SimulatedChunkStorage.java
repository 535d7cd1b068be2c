/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkPage;
import io.headrace.tiering.ChunkSlice;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkWriter;
import io.headrace.tiering.Done;
import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageException.Kind;
import io.headrace.tiering.StorageTraits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Long-term storage of a simulated cluster. It is slow and fails as {@link Faults} say: an operation whose answer is
 * UNAVAILABLE has been done, or done in part, or will be done later, or never. What a writer wrote beyond its acknowledged
 * bytes stays. An owner that was replaced may go on writing as long as it likes.
 */
public final class SimulatedChunkStorage implements ChunkStorage {
    private static final int MERGE_LIMIT = 1 << 30;

    private static final class Stored {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean sealed;
        /** Of a merge: what it was made of. */
        List<ChunkSlice> sources = List.of();
    }

    private final Simulation simulation;
    private final StorageTraits traits;
    private final TreeMap<String, Stored> chunks = new TreeMap<>();

    private Faults faults = Faults.NONE;
    private String identity = "simulated";
    private boolean away;
    private int writes;

    /** Operations that were done, by what they are. */
    public final Map<String, Integer> done = new TreeMap<>();

    public SimulatedChunkStorage(Simulation simulation, StorageTraits traits) {
        this.simulation = simulation;
        this.traits = traits;
    }

    /** Sets how the storage behaves from now on. */
    public void faults(Faults faults) {
        this.faults = faults;
    }

    /** Lets every operation fail, without effect, until it comes back. */
    public void away(boolean isAway) {
        away = isAway;
    }

    /** Makes this another storage, with nothing in it. */
    public void replace(String newIdentity) {
        identity = newIdentity;
        chunks.clear();
    }

    /** Writes that have begun and were not answered yet. */
    public int writesUnderWay() {
        return writes;
    }

    /** Names of all chunks that can be listed. */
    public List<String> names() {
        return chunks.entrySet().stream()
                .filter(entry -> isVisible(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean isVisible(Stored stored) {
        return stored.sealed || traits.readableBeforeSeal();
    }

    @Override
    public StorageTraits traits() {
        return traits;
    }

    @Override
    public void identity(CallbackExecutor executor, Callback<String> callback) {
        operate("identity", faults.read(), executor, callback, () -> identity);
    }

    @Override
    public void put(String chunk, ByteBuf bytes, CallbackExecutor executor, Callback<Done> put) {
        byte[] content = taken(bytes);
        operate("put", faults.metadata(), executor, put, () -> {
            Stored stored = create(chunk);
            stored.bytes.writeBytes(content);
            stored.sealed = true;
            return Done.DONE;
        });
    }

    @Override
    public void create(String chunk, CallbackExecutor executor, Callback<ChunkWriter> created) {
        operate("create", faults.metadata(), executor, created, () -> new Writer(chunk, create(chunk), executor));
    }

    private Stored create(String chunk) {
        if (chunks.containsKey(chunk)) {
            throw new StorageException(Kind.ALREADY_EXISTS, "there is a chunk " + chunk);
        }
        Stored stored = new Stored();
        chunks.put(chunk, stored);
        return stored;
    }

    @Override
    public void read(String chunk, long offset, ByteBuf into, CallbackExecutor executor, Callback<ByteBuf> read) {
        int length = into.writableBytes();
        Callback<byte[]> filling = Callback.of(bytes -> read.done(into.writeBytes(bytes)), failure -> {
            into.release();
            read.failed(failure);
        });
        operate("read", faults.read(), executor, filling, () -> {
            Stored stored = existing(chunk);
            if (offset + length > stored.bytes.size()) {
                throw new StorageException(Kind.INVALID_OFFSET, chunk + " has only " + stored.bytes.size() + " bytes");
            }
            return Arrays.copyOfRange(stored.bytes.toByteArray(), (int) offset, (int) offset + length);
        });
    }

    @Override
    public void length(String chunk, CallbackExecutor executor, Callback<Long> length) {
        operate("length", faults.read(), executor, length, () ->
                (long) existing(chunk).bytes.size());
    }

    @Override
    public void exists(String chunk, CallbackExecutor executor, Callback<Boolean> exists) {
        operate("exists", faults.read(), executor, exists, () -> chunks.containsKey(chunk));
    }

    @Override
    public void seal(String chunk, CallbackExecutor executor, Callback<Long> sealed) {
        operate("seal", faults.metadata(), executor, sealed, () -> {
            Stored stored = existing(chunk);
            stored.sealed = true;
            return (long) stored.bytes.size();
        });
    }

    @Override
    public void delete(String chunk, CallbackExecutor executor, Callback<Done> deleted) {
        operate("delete", faults.metadata(), executor, deleted, () -> {
            chunks.remove(chunk);
            return Done.DONE;
        });
    }

    @Override
    public void list(
            String prefix, @Nullable String from, int limit, CallbackExecutor executor, Callback<ChunkPage> listed) {
        operate("list", faults.read(), executor, listed, () -> {
            int most = 1 + simulation.random().nextInt(limit);
            List<ChunkInfo> page = new ArrayList<>();
            for (var entry :
                    chunks.tailMap(from == null ? prefix : from, from == null).entrySet()) {
                if (entry.getKey().startsWith(prefix) && isVisible(entry.getValue())) {
                    page.add(
                            new ChunkInfo(entry.getKey(), entry.getValue().bytes.size()));
                    if (page.size() == most) {
                        return new ChunkPage(page, entry.getKey());
                    }
                }
            }
            return new ChunkPage(page, null);
        });
    }

    @Override
    public void merge(String target, List<ChunkSlice> sources, CallbackExecutor executor, Callback<Long> merged) {
        operate("merge", faults.metadata(), executor, merged, () -> {
            Stored before = chunks.get(target);
            if (before != null) {
                if (!before.sources.equals(sources)) {
                    throw new StorageException(Kind.ALREADY_EXISTS, target + " was made of something else");
                }
                return (long) before.bytes.size();
            }
            Stored stored = new Stored();
            for (ChunkSlice source : sources) {
                Stored part = existing(source.chunk());
                if (!part.sealed || part.bytes.size() < source.length()) {
                    throw simulation.violation(source + " is merged and is not sealed, or too short");
                }
                stored.bytes.write(part.bytes.toByteArray(), 0, (int) source.length());
            }
            stored.sealed = true;
            stored.sources = List.copyOf(sources);
            if (stored.bytes.size() > MERGE_LIMIT) {
                throw simulation.violation(target + " is too large");
            }
            chunks.put(target, stored);
            if (traits.mergeConsumesSources()) {
                sources.forEach(source -> chunks.remove(source.chunk()));
            }
            return (long) stored.bytes.size();
        });
    }

    @Override
    public void close() {}

    private Stored existing(String chunk) {
        Stored stored = chunks.get(chunk);
        if (stored == null || !isVisible(stored)) {
            throw new StorageException(Kind.NOT_FOUND, "there is no chunk " + chunk);
        }
        return stored;
    }

    private static byte[] taken(ByteBuf bytes) {
        byte[] content = ByteBufUtil.getBytes(bytes);
        bytes.release();
        return content;
    }

    /** Does something after a while, or fails, and then does it or does it later or not at all. */
    private <T> void operate(
            String what, double failing, CallbackExecutor executor, Callback<T> callback, Supplier<T> effect) {
        later(() -> {
            if (away || simulation.chance(failing)) {
                if (!away && simulation.random().nextBoolean()) {
                    // The caller is told that it failed.
                    Callback<T> unheard = Callback.of(value -> {}, failure -> {});
                    Runnable attempt = () -> attempt(what, effect, unheard);
                    if (simulation.random().nextBoolean()) {
                        attempt.run();
                    } else {
                        later(() -> later(attempt));
                    }
                }
                fail(executor, callback, new StorageException(Kind.UNAVAILABLE, what + " did not answer"));
                return;
            }
            attempt(
                    what,
                    effect,
                    Callback.of(
                            value -> later(() -> executor.execute(() -> callback.done(value))),
                            failure -> fail(executor, callback, failure)));
        });
    }

    private <T> void attempt(String what, Supplier<T> effect, Callback<T> callback) {
        T value;
        try {
            value = effect.get();
        } catch (StorageException e) {
            callback.failed(e);
            return;
        }
        done.merge(what, 1, Integer::sum);
        callback.done(value);
    }

    private <T> void fail(CallbackExecutor executor, Callback<T> callback, StorageException failure) {
        later(() -> executor.execute(() -> callback.failed(failure)));
    }

    private void later(Runnable step) {
        simulation.after(faults.delay(simulation.random()), step);
    }

    private final class Writer implements ChunkWriter {
        private final String chunk;
        private final Stored stored;
        private final CallbackExecutor executor;
        private long length;
        private boolean ended;
        private boolean busy;

        Writer(String chunk, Stored stored, CallbackExecutor executor) {
            this.chunk = chunk;
            this.stored = stored;
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
            byte[] content = taken(bytes);
            if (busy || ended || offset != length || content.length == 0) {
                throw simulation.violation("a write of " + content.length + " bytes at " + offset + " to " + chunk
                        + ", which ends at " + length + ", came when it must not");
            }
            busy = true;
            writes++;
            later(() -> {
                writes--;
                if (away || chunks.get(chunk) != stored || stored.sealed || simulation.chance(faults.append())) {
                    int part = simulation.random().nextInt(content.length + 1);
                    stored.bytes.write(content, 0, part);
                    if (simulation.random().nextBoolean()) {
                        later(() -> stored.bytes.write(content, part, content.length - part));
                    }
                    ended = true;
                    fail(executor, written, new StorageException(Kind.UNAVAILABLE, "write did not answer"));
                    return;
                }
                stored.bytes.write(content, 0, content.length);
                done.merge("write", 1, Integer::sum);
                later(() -> executor.execute(() -> {
                    busy = false;
                    length = offset + content.length;
                    written.done(length);
                }));
            });
        }

        @Override
        public void seal(Callback<Long> sealed) {
            if (busy || ended) {
                throw simulation.violation(chunk + " was sealed when it must not be");
            }
            ended = true;
            operate("seal", faults.metadata(), executor, sealed, () -> {
                stored.sealed = true;
                return length;
            });
        }

        @Override
        public void close() {
            ended = true;
        }
    }
}
