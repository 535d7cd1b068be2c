/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots of a simulated cluster: slow, and failing with or without effect, as {@link Faults} say. */
public final class SimulatedCheckpointStore implements CheckpointStore {
    private final Simulation simulation;
    private final ByteBufAllocator allocator;
    private final Map<String, byte[]> snapshots = new HashMap<>();

    private Faults faults = Faults.NONE;
    private long saves;

    /** @param allocator of the buffers that loads return */
    public SimulatedCheckpointStore(Simulation simulation, ByteBufAllocator allocator) {
        this.simulation = simulation;
        this.allocator = allocator;
    }

    /** Sets how storage behaves from now on. */
    public void faults(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void save(String partition, long frame, ByteBuf snapshot, Loop loop, Callback<Checkpoint> saved) {
        byte[] bytes = ByteBufUtil.getBytes(snapshot);
        snapshot.release();
        Checkpoint checkpoint = new Checkpoint(partition + "/" + frame + "/" + ++saves, frame);
        later(() -> {
            boolean fails = simulation.chance(faults.save());
            if (!fails || simulation.random().nextBoolean()) {
                snapshots.put(checkpoint.location(), bytes);
            }
            if (fails) {
                failing(LogException.Kind.UNAVAILABLE, "save failed", loop, saved);
            } else {
                later(() -> loop.execute(() -> saved.done(checkpoint)));
            }
        });
    }

    @Override
    public void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded) {
        later(() -> {
            byte[] bytes = snapshots.get(checkpoint.location());
            if (simulation.chance(faults.load())) {
                failing(LogException.Kind.UNAVAILABLE, "load failed", loop, loaded);
            } else if (bytes == null || simulation.chance(faults.corruption())) {
                failing(LogException.Kind.CORRUPT, "snapshot " + checkpoint + " is damaged or missing", loop, loaded);
            } else {
                later(() -> loop.execute(
                        () -> loaded.done(allocator.buffer(bytes.length).writeBytes(bytes))));
            }
        });
    }

    @Override
    public void delete(Checkpoint checkpoint) {
        later(() -> {
            if (!simulation.chance(faults.save())) {
                snapshots.remove(checkpoint.location());
            }
        });
    }

    /** Bytes of a snapshot, for checkers; null if it does not exist. */
    public byte @Nullable [] stored(Checkpoint checkpoint) {
        return snapshots.get(checkpoint.location());
    }

    /** Number of snapshots that exist, referred to or not. */
    public int size() {
        return snapshots.size();
    }

    private void later(Runnable step) {
        simulation.after(faults.delay(simulation.random()), step);
    }

    private void failing(LogException.Kind kind, String what, Loop loop, Callback<?> callback) {
        later(() -> loop.execute(() -> callback.failed(SimulatedLogStore.failure(kind, what))));
    }
}
