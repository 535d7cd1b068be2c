/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes checkpoints of a serving partition, one at a time, and lets the log be truncated behind them.
 *
 * <ol>
 *   <li>Seal the open frame and write the state down, both in one turn: the snapshot ends with that frame.
 *   <li>Store the snapshot. If that fails, the former checkpoint stays and another attempt is made later.
 *   <li>Once the log has committed the frame, publish the checkpoint. If that fails, the partition is lost: another
 *       owner may have taken over.
 *   <li>Delete the former snapshot, and truncate the log below what neither recovery nor the state still needs.
 * </ol>
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** Ticks between two attempts after a snapshot could not be stored. */
    private static final int RETRY_TICKS = 100;

    private final String name;
    private final StateMachine<?, ?> machine;
    private final PartitionLog log;
    private final CheckpointStore checkpoints;
    private final Loop loop;
    private final PartitionOptions options;
    private final LongSupplier sealOpenFrame;
    private final Consumer<Throwable> lose;

    private @Nullable Checkpoint current;

    /**
     * The oldest frame that the newest snapshot refers to. Not the state of later: what has changed since may not be
     * committed, and a crash would bring back references to frames that are gone.
     */
    private long oldestFrame;

    private long bytes;
    private long frames;
    private long committed;
    private int waitTicks;
    private boolean running;
    private boolean closed;
    private @Nullable Checkpoint stored;
    private @Nullable Runnable whenLast;

    /** The frame that the last checkpoint ends with; -1 until that is begun. */
    private long lastFrame = -1;

    Checkpointer(
            String name,
            StateMachine<?, ?> machine,
            PartitionLog log,
            CheckpointStore checkpoints,
            Loop loop,
            PartitionOptions options,
            long replayedBytes,
            LongSupplier sealOpenFrame,
            Consumer<Throwable> lose) {
        this.name = name;
        this.machine = machine;
        this.log = log;
        this.checkpoints = checkpoints;
        this.loop = loop;
        this.options = options;
        this.sealOpenFrame = sealOpenFrame;
        this.lose = lose;
        this.current = log.checkpoint();
        this.bytes = replayedBytes;
        this.committed = log.nextFrame() - 1;
    }

    /** A frame of {@code length} bytes went to the log. */
    void logged(int length) {
        bytes += length;
        frames++;
    }

    void committed(long frame) {
        committed = frame;
        publishWhenCommitted();
        finish();
    }

    void tick() {
        if (waitTicks > 0) {
            waitTicks--;
        } else if (!running && (bytes >= options.checkpointBytes() || frames >= options.checkpointFrames())) {
            begin();
        }
    }

    /** Takes one more checkpoint, after the one that may be running, and calls {@code done} when all is committed. */
    void last(Runnable done) {
        whenLast = done;
        finish();
    }

    /** The partition is gone: what is under way comes to nothing. */
    void close() {
        closed = true;
    }

    private void begin() {
        long frame = sealOpenFrame.getAsLong();
        ByteBuf snapshot = PooledByteBufAllocator.DEFAULT.buffer();
        try {
            machine.snapshot(snapshot);
            oldestFrame = machine.oldestFrame();
        } catch (RuntimeException e) {
            snapshot.release();
            lose.accept(e);
            return;
        }
        running = true;
        lastFrame = whenLast == null ? -1 : frame;
        bytes = 0;
        frames = 0;
        checkpoints.save(
                name,
                frame,
                snapshot,
                loop,
                Callback.of(
                        saved -> {
                            if (closed) {
                                checkpoints.delete(saved);
                            } else {
                                stored = saved;
                                publishWhenCommitted();
                            }
                        },
                        cause -> {
                            LOG.warn("{} could not store a checkpoint, will try again: {}", name, cause.toString());
                            waitTicks = RETRY_TICKS;
                            bytes = options.checkpointBytes();
                            end();
                        }));
    }

    private void publishWhenCommitted() {
        Checkpoint ready = stored;
        if (ready != null && ready.frame() <= committed) {
            stored = null;
            log.publish(ready, Callback.of(done -> published(ready), lose));
        }
    }

    private void published(Checkpoint checkpoint) {
        Checkpoint former = current;
        current = checkpoint;
        if (former != null) {
            checkpoints.delete(former);
        }
        long needed = Math.min(checkpoint.frame() + 1, oldestFrame);
        if (needed <= log.firstFrame()) {
            end();
        } else {
            log.truncate(needed, Callback.of(done -> end(), lose));
        }
    }

    private void end() {
        running = false;
        finish();
    }

    private void finish() {
        Runnable done = whenLast;
        if (done == null || running || closed) {
            return;
        }
        if (lastFrame < 0) {
            begin();
        } else if (lastFrame <= committed) {
            whenLast = null;
            done.run();
        }
    }
}
