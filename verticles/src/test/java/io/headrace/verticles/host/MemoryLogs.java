/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.headrace.testkit.state.Rows;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logs and checkpoints in memory for tests on real event loops; appends can be held up, and owners thrown out. */
public final class MemoryLogs implements LogStore, CheckpointStore {

    private static final class Stored {
        long epoch;
        long firstFrame = 1;
        final List<byte[]> frames = new ArrayList<>();
        List<Checkpoint> checkpoints = List.of();

        @Nullable
        Log owner;
    }

    private final Map<String, Stored> logs = new HashMap<>();
    private final Map<String, Kept> checkpoints = new HashMap<>();
    private final List<Runnable> heldUp = new ArrayList<>();
    private boolean holding;
    private int failingOpens;

    /** From here on appends are not acknowledged, until {@link #letGo}. */
    public synchronized void hold() {
        holding = true;
    }

    public void letGo() {
        List<Runnable> ready;
        synchronized (this) {
            holding = false;
            ready = List.copyOf(heldUp);
            heldUp.clear();
        }
        ready.forEach(Runnable::run);
    }

    /** The next {@code count} attempts to open a log fail. */
    public synchronized void failOpens(int count) {
        failingOpens = count;
    }

    /** Makes the next append of the present owner of a partition's log fail. */
    public synchronized void breakLog(String partition, LogException.Kind kind) {
        Log owner = stored(partition).owner;
        if (owner != null) {
            owner.broken = kind;
        }
    }

    /** How often a log was opened. */
    public synchronized long epoch(String partition) {
        return stored(partition).epoch;
    }

    /** About how much heap the log of a partition takes. */
    public synchronized long heapBytes(String partition) {
        return stored(partition).frames.stream()
                .mapToLong(frame -> frame.length + 24)
                .sum();
    }

    private Stored stored(String partition) {
        return logs.computeIfAbsent(partition, name -> new Stored());
    }

    @Override
    public synchronized void open(String partition, Loop loop, Callback<PartitionLog> opened) {
        if (failingOpens > 0) {
            failingOpens--;
            loop.execute(() -> opened.failed(new LogException(LogException.Kind.UNAVAILABLE, "cannot open")));
            return;
        }
        Stored stored = stored(partition);
        stored.epoch++;
        Log log = new Log(stored, loop);
        stored.owner = log;
        loop.execute(() -> opened.done(log));
    }

    @Override
    public PartitionCheckpoints open(String partition, long epoch, boolean withRows, Loop loop) {
        return new Checkpoints(partition, loop);
    }

    /** A checkpoint in memory, with its rows. */
    private static final class Kept {
        final byte[] snapshot;
        final byte[] rows;

        Kept(byte[] snapshot, byte[] rows) {
            this.snapshot = snapshot;
            this.rows = rows;
        }
    }

    private final class Checkpoints implements PartitionCheckpoints {
        private final String partition;
        private final Loop loop;
        private HeapBase rows = new HeapBase();

        Checkpoints(String partition, Loop loop) {
            this.partition = partition;
            this.loop = loop;
        }

        @Override
        public void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored) {
            Kept kept = new Kept(new byte[0], Rows.of(new HeapBase()));
            if (checkpoint != null) {
                synchronized (MemoryLogs.this) {
                    kept = checkpoints.get(checkpoint.location());
                }
            }
            if (kept == null) {
                loop.execute(() -> restored.failed(new LogException(LogException.Kind.CORRUPT, "no " + checkpoint)));
                return;
            }
            rows = Rows.base(kept.rows);
            ByteBuf snapshot = Unpooled.wrappedBuffer(kept.snapshot);
            loop.execute(() -> restored.done(snapshot));
        }

        @Override
        public StateBase base() {
            return rows;
        }

        @Override
        public void write(Layer layer, Callback<Done> written) {
            rows.write(layer);
            loop.execute(() -> written.done(Done.DONE));
        }

        @Override
        public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
            String location = partition + "@" + frame;
            synchronized (MemoryLogs.this) {
                checkpoints.put(location, new Kept(ByteBufUtil.getBytes(snapshot), Rows.of(rows)));
            }
            snapshot.release();
            loop.execute(() -> saved.done(new Checkpoint(location, frame)));
        }

        @Override
        public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
            synchronized (MemoryLogs.this) {
                dropped.forEach(checkpoint -> checkpoints.remove(checkpoint.location()));
            }
        }

        @Override
        public void close() {}
    }

    private final class Log implements PartitionLog {
        private final Stored stored;
        private final Loop loop;
        private final long epoch;
        private final List<Checkpoint> checkpoints;
        private long nextFrame;
        private boolean closed;
        private LogException.@Nullable Kind broken;

        Log(Stored stored, Loop loop) {
            this.stored = stored;
            this.loop = loop;
            this.epoch = stored.epoch;
            this.checkpoints = stored.checkpoints;
            this.nextFrame = stored.frames.size() + 1L;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public long firstFrame() {
            return stored.firstFrame;
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
            byte[] copy = ByteBufUtil.getBytes(bytes);
            bytes.release();
            nextFrame = frame + 1;
            Runnable acknowledge = () -> loop.execute(() -> {
                if (!closed) {
                    appended.done(Done.DONE);
                }
            });
            synchronized (MemoryLogs.this) {
                LogException.Kind failure = this.equals(stored.owner) ? broken : LogException.Kind.FENCED;
                if (failure != null) {
                    loop.execute(() -> appended.failed(new LogException(failure, "append refused")));
                    return;
                }
                stored.frames.add(copy);
                if (holding) {
                    heldUp.add(acknowledge);
                    return;
                }
            }
            acknowledge.run();
        }

        @Override
        public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
            List<ByteBuf> frames = new ArrayList<>();
            synchronized (MemoryLogs.this) {
                int bytes = 0;
                for (long at = frame; at <= stored.frames.size() && (frames.isEmpty() || bytes < maxBytes); at++) {
                    byte[] next = stored.frames.get((int) at - 1);
                    bytes += next.length;
                    frames.add(Unpooled.wrappedBuffer(next));
                }
            }
            loop.execute(() -> read.done(frames));
        }

        @Override
        public void publish(List<Checkpoint> published, Callback<Done> done) {
            synchronized (MemoryLogs.this) {
                stored.checkpoints = published;
            }
            loop.execute(() -> done.done(Done.DONE));
        }

        @Override
        public void truncate(long frame, Callback<Done> truncated) {
            synchronized (MemoryLogs.this) {
                for (; stored.firstFrame < frame; stored.firstFrame++) {
                    stored.frames.set((int) stored.firstFrame - 1, new byte[0]);
                }
            }
            loop.execute(() -> truncated.done(Done.DONE));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
