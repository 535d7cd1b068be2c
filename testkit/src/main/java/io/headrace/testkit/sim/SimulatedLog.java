/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** A log as one owner sees it. The owner may long have been replaced without knowing. */
final class SimulatedLog implements PartitionLog {
    private final SimulatedLogStore store;
    private final Simulation simulation;
    private final LogState log;
    private final long epoch;
    private final Loop loop;

    private long firstFrame;
    private long nextFrame;
    private List<Checkpoint> checkpoints;

    /** All frames up to this one are known to the owner to be durable. */
    private long durable;

    private final TreeSet<Long> completedAhead = new TreeSet<>();
    private final List<ByteBuf> held = new ArrayList<>();
    private boolean failed;
    private boolean closed;

    SimulatedLog(SimulatedLogStore store, LogState log, long epoch, Loop loop) {
        this.store = store;
        this.simulation = store.simulation;
        this.log = log;
        this.epoch = epoch;
        this.loop = loop;
        this.firstFrame = log.first;
        this.durable = log.durable;
        this.nextFrame = log.durable + 1;
        this.checkpoints = log.checkpoints;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long firstFrame() {
        return firstFrame;
    }

    @Override
    public long nextFrame() {
        return nextFrame;
    }

    @Override
    public List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    @Override
    public void append(long frame, ByteBuf bytes, Callback<Done> appended) {
        require(frame == nextFrame, "append of frame " + frame + " where " + nextFrame + " is next");
        require(bytes.readableBytes() <= Frame.MAX_BYTES, "append of " + bytes.readableBytes() + " bytes");
        nextFrame++;
        byte[] copy = ByteBufUtil.getBytes(bytes);
        int start = bytes.readerIndex();
        held.add(bytes);
        if (log.writer == epoch) {
            log.inFlight.put(frame, copy);
        }
        if (store.sabotaged(Sabotage.ACKNOWLEDGE_EARLY)) {
            answer(() -> complete(frame, appended));
        }
        later(() -> {
            if (!closed) {
                require(
                        Arrays.equals(copy, ByteBufUtil.getBytes(bytes, start, copy.length)),
                        "frame " + frame + " was changed after it was handed to the log");
                held.remove(bytes);
                bytes.release();
            }
            arrive(frame, copy, appended);
        });
    }

    /** The append has reached the storage nodes, or failed to. */
    private void arrive(long frame, byte[] bytes, Callback<Done> appended) {
        if (log.writer != epoch) {
            if (store.sabotaged(Sabotage.ACKNOWLEDGE_FENCED)) {
                answer(() -> complete(frame, appended));
            } else {
                answer(() -> fail(LogException.Kind.FENCED, appended));
            }
        } else if (failed) {
            answer(() -> fail(LogException.Kind.UNAVAILABLE, appended));
        } else if (simulation.chance(store.faults().append())) {
            if (simulation.random().nextBoolean()) {
                log.store(frame, bytes);
            }
            answer(() -> fail(LogException.Kind.UNAVAILABLE, appended));
        } else {
            log.store(frame, bytes);
            if (!store.sabotaged(Sabotage.ACKNOWLEDGE_EARLY)) {
                answer(() -> complete(frame, appended));
            }
        }
    }

    private void complete(long frame, Callback<Done> appended) {
        completedAhead.add(frame);
        while (completedAhead.remove(durable + 1)) {
            durable++;
        }
        appended.done(Done.DONE);
    }

    private void fail(LogException.Kind kind, Callback<Done> appended) {
        failed = true;
        appended.failed(SimulatedLogStore.failure(kind, "append failed"));
    }

    @Override
    public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
        require(frame >= 1 && frame <= durable, "read of frame " + frame + ", which is not durable");
        store.reads++;
        long last = durable;
        later(() -> {
            Faults faults = store.faults();
            if (frame < log.first || simulation.chance(faults.read())) {
                failing(LogException.Kind.UNAVAILABLE, "read failed", read);
            } else if (simulation.chance(faults.corruption())) {
                failing(LogException.Kind.CORRUPT, "entry is damaged", read);
            } else {
                answer(() -> read.done(buffers(frame, last, maxBytes)));
            }
        });
    }

    private List<ByteBuf> buffers(long frame, long last, int maxBytes) {
        List<ByteBuf> frames = new ArrayList<>();
        long total = 0;
        for (long number = frame; number <= last; number++) {
            long source = store.sabotaged(Sabotage.READ_WRONG_FRAME) ? Math.max(frame, number - 1) : number;
            byte[] bytes = log.stored.get(source);
            if (bytes == null || (!frames.isEmpty() && total + bytes.length > maxBytes)) {
                break;
            }
            total += bytes.length;
            frames.add(store.allocator.buffer(bytes.length).writeBytes(bytes));
        }
        return frames;
    }

    @Override
    public void publish(List<Checkpoint> newest, Callback<Done> published) {
        require(
                newest.stream().allMatch(c -> c.frame() <= durable),
                "publication of " + newest + ", which is not durable");
        metadata(
                () -> log.checkpoints = newest,
                () -> {
                    checkpoints = newest;
                    published.done(Done.DONE);
                },
                published);
    }

    @Override
    public void truncate(long frame, Callback<Done> truncated) {
        require(frame <= durable + 1, "truncation at frame " + frame + ", which is not durable");
        metadata(
                () -> log.truncate(frame, simulation),
                () -> {
                    firstFrame = log.first;
                    truncated.done(Done.DONE);
                },
                truncated);
    }

    /** A compare-and-set of the descriptor, which may fail before or after it took effect. */
    private void metadata(Runnable effect, Runnable success, Callback<Done> callback) {
        later(() -> {
            if (log.epoch != epoch && !store.sabotaged(Sabotage.ADMIT_FENCED_METADATA)) {
                failing(LogException.Kind.FENCED, "a newer owner raised the epoch", callback);
            } else if (simulation.chance(store.faults().metadata())) {
                if (simulation.random().nextBoolean()) {
                    effect.run();
                }
                failing(LogException.Kind.UNAVAILABLE, "outcome of a metadata update is unknown", callback);
            } else {
                effect.run();
                answer(success);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        held.forEach(ByteBuf::release);
        held.clear();
    }

    private void later(Runnable step) {
        simulation.after(store.faults().delay(simulation.random()), step);
    }

    private void failing(LogException.Kind kind, String what, Callback<?> callback) {
        answer(() -> callback.failed(SimulatedLogStore.failure(kind, what)));
    }

    /** Answers on the owner's loop, after a while, unless the owner has closed the log by then. */
    private void answer(Runnable answer) {
        later(() -> loop.execute(() -> {
            if (!closed) {
                answer.run();
            }
        }));
    }

    private void require(boolean condition, String violation) {
        if (!loop.inLoop() && simulation.running != null) {
            throw simulation.violation("the log was called off its owner's loop");
        }
        if (closed || !condition) {
            throw simulation.violation(closed ? "the log was used after it was closed" : violation);
        }
    }
}
