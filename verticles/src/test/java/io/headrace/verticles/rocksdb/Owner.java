/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.NotInMemory;
import io.headrace.tiering.ChunkStorage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One owner of a partition, whose loop is the test's thread. Rows are text, in maps of numbers from 0. */
final class Owner implements AutoCloseable {
    static final int MAPS = 3;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final RocksCheckpointStore store;
    private final PartitionCheckpoints checkpoints;
    final LayeredState state = new LayeredState();

    /** How many commands were executed again. */
    int misses;

    Owner(Path directory, ChunkStorage chunks, long epoch) {
        this(directory, chunks, epoch, NOWHERE, RocksOptions.DEFAULT);
    }

    Owner(Path directory, ChunkStorage chunks, long epoch, FormerCheckpoints former, RocksOptions options) {
        store = new RocksCheckpointStore(directory, chunks, former, options);
        checkpoints = store.open("p-0", epoch, true, new Loop() {
            @Override
            public void execute(Runnable task) {
                tasks.add(task);
            }

            @Override
            public boolean inLoop() {
                return true;
            }
        });
    }

    /** No program of old was here. */
    static final FormerCheckpoints NOWHERE = new FormerCheckpoints() {
        @Override
        public boolean hasPlaceFor(Checkpoint checkpoint) {
            return false;
        }

        @Override
        public void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded) {
            throw new AssertionError(checkpoint + " is not here");
        }

        @Override
        public void delete(Checkpoint checkpoint) {}
    };

    /** Waits for an answer; what fails is thrown. */
    private <T> T await(Consumer<Callback<T>> call) {
        List<T> value = new ArrayList<>();
        List<Throwable> failure = new ArrayList<>();
        call.accept(Callback.of(value::add, failure::add));
        while (value.isEmpty() && failure.isEmpty()) {
            runOne();
        }
        if (!failure.isEmpty() && failure.get(0) instanceof RuntimeException e) {
            throw e;
        }
        return value.get(0);
    }

    private void runOne() {
        try {
            Runnable task = tasks.poll(60, TimeUnit.SECONDS);
            if (task == null) {
                throw new AssertionError("no answer within 60 s");
            }
            task.run();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Restores the first checkpoint that is whole, as recovery does; gives the snapshot. */
    String recover(List<Checkpoint> newestFirst) {
        for (Checkpoint checkpoint : newestFirst) {
            try {
                return restore(checkpoint);
            } catch (LogException e) {
                if (e.kind() != LogException.Kind.CORRUPT) {
                    throw e;
                }
            }
        }
        return restore(null);
    }

    String restore(@Nullable Checkpoint checkpoint) {
        ByteBuf snapshot = await(callback -> checkpoints.restore(checkpoint, callback));
        String text = snapshot.toString(StandardCharsets.UTF_8);
        snapshot.release();
        state.attach(checkpoints.base());
        return text;
    }

    void put(int map, String key, String value) {
        state.put(map, bytes(key), bytes(value));
    }

    void remove(int map, String key) {
        state.put(map, bytes(key), null);
    }

    /** Executes a read again until nothing is missing. */
    private <T extends @Nullable Object> T read(Supplier<T> read) {
        LoadedRows loaded = state.missing();
        while (true) {
            state.use(loaded);
            try {
                return read.get();
            } catch (NotInMemory missing) {
                misses++;
                await((Callback<LoadedRows> callback) -> state.base().load(missing.reads(), loaded, callback));
            } finally {
                state.use(null);
            }
        }
    }

    @Nullable
    String get(int map, String key) {
        byte[] value = read(() -> state.map(map).get(bytes(key)));
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** All rows: keys begin with the number of their map. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        for (int map = 0; map < MAPS; map++) {
            int number = map;
            all.putAll(read(() -> {
                Map<String, String> found = new TreeMap<>();
                try (ByteScan scan = state.map(number).scan(new byte[0])) {
                    while (scan.next()) {
                        found.put(number + "/" + text(scan.key()), text(scan.value()));
                    }
                }
                return found;
            }));
        }
        return all;
    }

    void write() {
        try {
            await((Callback<Done> callback) -> checkpoints.write(state.freeze(), callback));
        } catch (LogException e) {
            state.unfreeze();
            throw e;
        }
        state.written();
    }

    Checkpoint save(long frame, String snapshot) {
        return await(
                callback -> checkpoints.save(frame, Unpooled.copiedBuffer(snapshot, StandardCharsets.UTF_8), callback));
    }

    void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
        checkpoints.published(kept, dropped);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Ends, as a crash would for what counts: nothing is flushed. Work in progress ends first. */
    @Override
    public void close() {
        checkpoints.close();
        store.close();
    }
}
