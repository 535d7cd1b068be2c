/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Checkpointer.Restorable;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.RowRead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a fresh state machine to the end of an opened log: the newest checkpoint that is whole, then every frame after
 * it. Rows that the frames change go into the base now and then, so that they take no more memory than while serving.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Rows that are fetched at a time, at most: those of the record that misses some, and of the next ones. */
    private static final int ROWS_TOGETHER = 4_096;

    /**
     * How a recovery went.
     *
     * @param from the checkpoint that it began with; null if it was the beginning of the log
     * @param replayedBytes of the log
     */
    record Recovered(@Nullable Restorable from, long replayedBytes) {}

    private final String name;
    private final StateMachine<?, ?> machine;
    private final @Nullable LayeredState rows;
    private final PartitionLog log;
    private final PartitionCheckpoints store;
    private final PartitionOptions options;
    private final int readBytes;
    private @Nullable Restorable from;
    private long replayedBytes;
    private long replayedFrames;
    private int loads;

    Recovery(
            String name,
            StateMachine<?, ?> machine,
            PartitionLog log,
            PartitionCheckpoints store,
            PartitionOptions options,
            int readBytes) {
        this.name = name;
        this.machine = machine;
        this.rows = machine.rows();
        this.log = log;
        this.store = store;
        this.options = options;
        this.readBytes = readBytes;
    }

    /** Runs once. */
    void run(Callback<Recovered> recovered) {
        restore(log.checkpoints(), null, recovered);
    }

    /** Restores the first of the checkpoints that is whole; after the last one, nothing. */
    private void restore(List<Checkpoint> checkpoints, @Nullable Throwable damage, Callback<Recovered> recovered) {
        if (checkpoints.isEmpty()) {
            if (damage != null && log.firstFrame() > 1) {
                recovered.failed(damage);
            } else {
                store.restore(null, Callback.of(nothing -> restored(null, nothing, recovered), recovered::failed));
            }
            return;
        }
        Checkpoint checkpoint = checkpoints.get(0);
        List<Checkpoint> older = checkpoints.subList(1, checkpoints.size());
        store.restore(checkpoint, Callback.of(snapshot -> restored(checkpoint, snapshot, recovered), cause -> {
            if (!(cause instanceof LogException failure) || failure.kind() != LogException.Kind.CORRUPT) {
                recovered.failed(cause);
                return;
            }
            LOG.error(
                    "{} cannot be recovered from {}, {}: {}",
                    name,
                    checkpoint,
                    older.isEmpty() ? "and there is no older checkpoint" : "tries the one before",
                    cause.getMessage());
            restore(older, damage == null ? cause : damage, recovered);
        }));
    }

    private void restored(@Nullable Checkpoint checkpoint, ByteBuf snapshot, Callback<Recovered> recovered) {
        try {
            if (rows != null) {
                rows.attach(store.base());
            }
            if (checkpoint != null) {
                machine.restore(snapshot);
                from = new Restorable(checkpoint, Math.min(checkpoint.frame() + 1, machine.oldestFrame()));
            }
        } catch (RuntimeException e) {
            recovered.failed(e);
            return;
        } finally {
            snapshot.release();
        }
        replay(new Replay(machine, checkpoint == null ? 1 : checkpoint.frame() + 1), recovered);
    }

    private void replay(Replay replay, Callback<Recovered> recovered) {
        if (rows != null && rows.changedBytes() >= options.checkpointRowBytes()) {
            write(rows, replay, recovered);
        } else if (replay.next() >= log.nextFrame()) {
            replay.finish();
            if (replayedFrames > 0) {
                LOG.info(
                        "{} has replayed {} frames with {} bytes, and fetched rows {} times",
                        name,
                        replayedFrames,
                        replayedBytes,
                        loads);
            }
            recovered.done(new Recovered(from, replayedBytes));
        } else if (replay.next() < log.firstFrame()) {
            replay.finish();
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

    private void write(LayeredState changed, Replay replay, Callback<Recovered> recovered) {
        store.write(
                changed.freeze(),
                Callback.of(
                        done -> {
                            changed.written();
                            replay(replay, recovered);
                        },
                        cause -> {
                            replay.finish();
                            recovered.failed(cause);
                        }));
    }

    private void apply(Replay replay, List<ByteBuf> frames, Callback<Recovered> recovered) {
        Deque<ByteBuf> left = new ArrayDeque<>(frames);
        try {
            if (!left.isEmpty()) {
                replay.begin(left.getFirst());
            }
        } catch (RuntimeException e) {
            failed(replay, left, e, recovered);
            return;
        }
        applyNext(replay, left, null, recovered);
    }

    /** @param loaded for these frames; null if nothing was needed yet */
    private void applyNext(
            Replay replay, Deque<ByteBuf> left, @Nullable LoadedRows loaded, Callback<Recovered> recovered) {
        try {
            use(loaded);
            while (!left.isEmpty()) {
                replay.proceed();
                machine.trim();
                replayedBytes += left.getFirst().readableBytes();
                replayedFrames++;
                left.removeFirst().release();
                if (!left.isEmpty()) {
                    replay.begin(left.getFirst());
                }
            }
        } catch (NotInMemory missing) {
            load(missing, replay, left, recovered);
            return;
        } catch (RuntimeException | AssertionError e) {
            failed(replay, left, e, recovered);
            return;
        } finally {
            use(null);
        }
        replay(replay, recovered);
    }

    private void use(@Nullable LoadedRows loaded) {
        if (rows != null) {
            rows.use(loaded);
        }
    }

    private void load(NotInMemory missing, Replay replay, Deque<ByteBuf> left, Callback<Recovered> recovered) {
        if (rows == null) {
            failed(replay, left, missing, recovered);
            return;
        }
        loads++;
        rows.base()
                .load(
                        together(missing, replay, left),
                        rows.missing(),
                        Callback.of(
                                loaded -> applyNext(replay, left, loaded, recovered),
                                cause -> failed(replay, left, cause, recovered)));
    }

    /** What is missing, and what will be. */
    private List<RowRead> together(NotInMemory missing, Replay replay, Deque<ByteBuf> left) {
        Map<String, RowRead> reads = new LinkedHashMap<>();
        missing.reads().forEach(read -> reads.put(read.toString(), read));
        List<ByteBuf> behind = left.stream().skip(1).toList();
        replay.ahead(behind, (type, body) -> {
            try {
                machine.need(type, body);
            } catch (NotInMemory more) {
                more.reads().forEach(read -> reads.putIfAbsent(read.toString(), read));
            }
            return reads.size() < ROWS_TOGETHER;
        });
        return List.copyOf(reads.values());
    }

    private static void failed(Replay replay, Deque<ByteBuf> left, Throwable cause, Callback<Recovered> recovered) {
        left.forEach(ByteBuf::release);
        replay.finish();
        recovered.failed(cause);
    }
}
