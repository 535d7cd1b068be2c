/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Brings a fresh state machine to the end of an opened log: the newest checkpoint, then every frame after it. */
final class Recovery {
    private final String name;
    private final StateMachine<?, ?> machine;
    private final PartitionLog log;
    private final CheckpointStore checkpoints;
    private final Loop loop;
    private final int readBytes;
    private long replayedBytes;

    Recovery(
            String name,
            StateMachine<?, ?> machine,
            PartitionLog log,
            CheckpointStore checkpoints,
            Loop loop,
            int readBytes) {
        this.name = name;
        this.machine = machine;
        this.log = log;
        this.checkpoints = checkpoints;
        this.loop = loop;
        this.readBytes = readBytes;
    }

    /** Runs once. {@code recovered} receives the number of log bytes that were replayed. */
    void run(Callback<Long> recovered) {
        Checkpoint checkpoint = log.checkpoint();
        if (checkpoint == null) {
            replay(new Replay(machine, 1), recovered);
            return;
        }
        checkpoints.load(
                checkpoint,
                loop,
                Callback.of(
                        snapshot -> {
                            try {
                                machine.restore(snapshot);
                            } catch (RuntimeException e) {
                                recovered.failed(e);
                                return;
                            } finally {
                                snapshot.release();
                            }
                            replay(new Replay(machine, checkpoint.frame() + 1), recovered);
                        },
                        recovered::failed));
    }

    private void replay(Replay replay, Callback<Long> recovered) {
        if (replay.next() >= log.nextFrame()) {
            replay.finish();
            recovered.done(replayedBytes);
        } else if (replay.next() < log.firstFrame()) {
            recovered.failed(new LogException(
                    LogException.Kind.CORRUPT,
                    name + " needs frame " + replay.next() + " to recover, but its log begins with frame "
                            + log.firstFrame()));
        } else {
            log.read(replay.next(), readBytes, Callback.of(frames -> apply(replay, frames, recovered), cause -> {
                replay.finish();
                recovered.failed(cause);
            }));
        }
    }

    private void apply(Replay replay, List<ByteBuf> frames, Callback<Long> recovered) {
        try {
            for (ByteBuf frame : frames) {
                replayedBytes += frame.readableBytes();
                replay.frame(frame);
            }
        } catch (RuntimeException | AssertionError e) {
            replay.finish();
            recovered.failed(e);
            return;
        } finally {
            frames.forEach(ByteBuf::release);
        }
        replay(replay, recovered);
    }
}
