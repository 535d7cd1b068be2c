/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.headrace.testkit.state.ForgetfulBase;
import io.headrace.testkit.state.Rows;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of a simulated cluster: slow, and failing with or without effect, as {@link Faults} say. Rows are in memory
 * or not, as chance will have it, and a layer is written into the base in two steps, of which the second may fail.
 */
public final class SimulatedCheckpointStore implements CheckpointStore {
    private static final class Stored {
        final String partition;
        final long epoch;
        final byte[] snapshot;
        final byte[] rows;

        Stored(String partition, long epoch, byte[] snapshot, byte[] rows) {
            this.partition = partition;
            this.epoch = epoch;
            this.snapshot = snapshot;
            this.rows = rows;
        }
    }

    private final Simulation simulation;
    private final ByteBufAllocator allocator;
    private final Map<String, Stored> checkpoints = new HashMap<>();

    private Faults faults = Faults.NONE;
    private long saves;

    /** @param allocator of the buffers that restoring gives */
    public SimulatedCheckpointStore(Simulation simulation, ByteBufAllocator allocator) {
        this.simulation = simulation;
        this.allocator = allocator;
    }

    /** Sets how storage behaves from now on. */
    public void faults(Faults faults) {
        this.faults = faults;
    }

    @Override
    public PartitionCheckpoints open(String partition, long epoch, boolean withRows, Loop loop) {
        return new Owned(partition, epoch, loop);
    }

    /** Bytes of a snapshot, for checkers; null if it does not exist. */
    public byte @Nullable [] stored(Checkpoint checkpoint) {
        Stored stored = checkpoints.get(checkpoint.location());
        return stored == null ? null : stored.snapshot;
    }

    /** Number of checkpoints that exist, named by a descriptor or not. */
    public int size() {
        return checkpoints.size();
    }

    private void later(Runnable step) {
        simulation.after(faults.delay(simulation.random()), step);
    }

    /** The checkpoints of one partition, as one owner sees them, with the base on that owner's disk. */
    private final class Owned implements PartitionCheckpoints {
        private final String partition;
        private final long epoch;
        private final Loop loop;
        private HeapBase rows = new HeapBase();
        private boolean cleaned;
        private boolean writing;
        private boolean closed;

        Owned(String partition, long epoch, Loop loop) {
            this.partition = partition;
            this.epoch = epoch;
            this.loop = loop;
        }

        @Override
        public void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored) {
            later(() -> {
                Stored stored = checkpoint == null
                        ? new Stored(partition, epoch, new byte[0], Rows.of(new HeapBase()))
                        : checkpoints.get(checkpoint.location());
                if (simulation.chance(faults.load())) {
                    failing(LogException.Kind.UNAVAILABLE, "load failed", restored);
                } else if (stored == null || simulation.chance(faults.damage())) {
                    failing(LogException.Kind.CORRUPT, checkpoint + " is damaged or missing", restored);
                } else {
                    answer(() -> {
                        rows = Rows.base(stored.rows);
                        restored.done(allocator.buffer(stored.snapshot.length).writeBytes(stored.snapshot));
                    });
                }
            });
        }

        @Override
        public StateBase base() {
            return new ForgetfulBase(rows, () -> simulation.chance(faults.forget()), this::answer);
        }

        @Override
        public void write(Layer layer, Callback<Done> written) {
            require(!writing, "a layer is written before the one before is");
            writing = true;
            boolean fails = simulation.chance(faults.save());
            later(() -> {
                HeapBase target = rows;
                layer.forEach((map, key, value) -> {
                    if (simulation.random().nextBoolean()) {
                        target.put(map, key, value);
                    }
                });
                later(() -> {
                    writing = false;
                    if (fails) {
                        failing(LogException.Kind.UNAVAILABLE, "write failed", written);
                    } else {
                        target.write(layer);
                        answer(() -> written.done(Done.DONE));
                    }
                });
            });
        }

        @Override
        public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
            require(!writing, "a checkpoint is taken of a layer that is half written");
            byte[] bytes = ByteBufUtil.getBytes(snapshot);
            snapshot.release();
            Stored stored = new Stored(partition, epoch, bytes, Rows.of(rows));
            Checkpoint checkpoint = new Checkpoint(partition + "/" + frame + "/" + ++saves, frame);
            later(() -> {
                boolean fails = simulation.chance(faults.save());
                if (!fails || simulation.random().nextBoolean()) {
                    checkpoints.put(checkpoint.location(), stored);
                }
                if (fails) {
                    failing(LogException.Kind.UNAVAILABLE, "save failed", saved);
                } else {
                    answer(() -> saved.done(checkpoint));
                }
            });
        }

        @Override
        public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
            later(() -> {
                for (Checkpoint checkpoint : dropped) {
                    if (!simulation.chance(faults.save())) {
                        checkpoints.remove(checkpoint.location());
                    }
                }
            });
            if (!cleaned) {
                cleaned = true;
                later(() -> checkpoints
                        .entrySet()
                        .removeIf(entry -> entry.getValue().partition.equals(partition)
                                && entry.getValue().epoch < epoch
                                && kept.stream().noneMatch(c -> c.location().equals(entry.getKey()))));
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private void failing(LogException.Kind kind, String what, Callback<?> callback) {
            answer(() -> callback.failed(SimulatedLogStore.failure(kind, what)));
        }

        private void answer(Runnable answer) {
            later(() -> loop.execute(() -> {
                if (!closed) {
                    answer.run();
                }
            }));
        }

        private void require(boolean condition, String violation) {
            if (closed || !condition) {
                throw simulation.violation(closed ? "checkpoints were used after they were closed" : violation);
            }
        }
    }
}
