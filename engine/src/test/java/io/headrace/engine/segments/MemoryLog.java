/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One partition's log and checkpoints, kept in arrays; a test says when appended frames become durable. */
final class MemoryLog implements LogStore, CheckpointStore {
    private static final class Unsynced {
        final byte[] bytes;
        final Callback<Done> appended;

        Unsynced(byte[] bytes, Callback<Done> appended) {
            this.bytes = bytes;
            this.appended = appended;
        }
    }

    private final Queue<Runnable> loop;
    private final List<byte @Nullable []> frames = new ArrayList<>();
    private final Deque<Unsynced> unsynced = new ArrayDeque<>();

    /** Snapshot and rows of each. */
    private final Map<Checkpoint, byte[][]> checkpoints = new HashMap<>();

    private List<Checkpoint> published = List.of();
    private long epoch;
    private long firstFrame = 1;

    /** While set, appended frames stay undurable until {@link #sync}. */
    boolean paused;

    /** Whether owners find no row in memory that a checkpoint has. */
    boolean forgets;

    /** While set, no rows can be written. */
    boolean diskIsFull;

    /** How many frames were asked for by {@link PartitionLog#read}. */
    int reads;

    /** How often rows were fetched. */
    int loads;

    MemoryLog(Queue<Runnable> loop) {
        this.loop = loop;
    }

    long firstFrame() {
        return firstFrame;
    }

    long lastDurable() {
        return frames.size();
    }

    int unsynced() {
        return unsynced.size();
    }

    /** Makes up to {@code count} of the frames that wait durable. */
    void sync(int count) {
        for (int i = 0; i < count && !unsynced.isEmpty(); i++) {
            Unsynced next = unsynced.removeFirst();
            frames.add(next.bytes);
            loop.add(() -> next.appended.done(Done.DONE));
        }
    }

    /** The owner has crashed: what was not durable is gone. */
    void crash() {
        unsynced.clear();
    }

    @Override
    public void open(String partition, Loop owner, Callback<PartitionLog> opened) {
        epoch++;
        loop.add(() -> opened.done(new Owner(epoch)));
    }

    @Override
    public PartitionCheckpoints open(String partition, long owner, boolean withRows, Loop unused) {
        return new Checkpoints();
    }

    private final class Checkpoints implements PartitionCheckpoints {
        private HeapBase base = new HeapBase();

        @Override
        public void restore(@Nullable Checkpoint from, Callback<ByteBuf> restored) {
            base = new HeapBase();
            byte[][] stored = from == null ? new byte[][] {{}, {0}} : checkpoints.get(from);
            if (stored == null) {
                throw new AssertionError("nothing is stored for " + from);
            }
            HeapBase.read(Unpooled.wrappedBuffer(stored[1]), base::put);
            loop.add(() -> restored.done(Unpooled.wrappedBuffer(stored[0])));
        }

        @Override
        public StateBase base() {
            return forgets ? new AbsentBase(base, loop, () -> loads++) : base;
        }

        @Override
        public void write(Layer layer, Callback<Done> written) {
            if (diskIsFull) {
                loop.add(() -> written.failed(new LogException(LogException.Kind.UNAVAILABLE, "no space")));
                return;
            }
            base.write(layer);
            loop.add(() -> written.done(Done.DONE));
        }

        @Override
        public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
            Checkpoint checkpoint = new Checkpoint("checkpoint-" + frame + "-" + checkpoints.size(), frame);
            ByteBuf image = Unpooled.buffer();
            base.image(image);
            checkpoints.put(checkpoint, new byte[][] {ByteBufUtil.getBytes(snapshot), ByteBufUtil.getBytes(image)});
            snapshot.release();
            loop.add(() -> saved.done(checkpoint));
        }

        @Override
        public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
            dropped.forEach(former -> checkpoints.put(former, new byte[][] {{}, {}}));
        }

        @Override
        public void close() {}
    }

    private final class Owner implements PartitionLog {
        private final long ownEpoch;
        private long next = frames.size() + 1L;

        Owner(long ownEpoch) {
            this.ownEpoch = ownEpoch;
        }

        @Override
        public long epoch() {
            return ownEpoch;
        }

        @Override
        public long firstFrame() {
            return firstFrame;
        }

        @Override
        public long nextFrame() {
            return next;
        }

        @Override
        public List<Checkpoint> checkpoints() {
            return published;
        }

        @Override
        public void append(long frame, ByteBuf bytes, Callback<Done> appended) {
            if (ownEpoch != epoch || frame != next) {
                throw new AssertionError("frame " + frame + " of epoch " + ownEpoch + " cannot follow");
            }
            next++;
            unsynced.addLast(new Unsynced(ByteBufUtil.getBytes(bytes), appended));
            bytes.release();
            if (!paused) {
                sync(unsynced.size());
            }
        }

        @Override
        public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
            List<ByteBuf> found = new ArrayList<>();
            int left = maxBytes;
            for (long n = frame; n <= frames.size(); n++) {
                byte[] bytes = frames.get((int) n - 1);
                if (bytes == null) {
                    loop.add(() -> read.failed(new LogException(LogException.Kind.CORRUPT, frame + " was truncated")));
                    return;
                }
                left -= bytes.length;
                if (left < 0 && n > frame) {
                    break;
                }
                reads++;
                found.add(Unpooled.wrappedBuffer(bytes));
            }
            loop.add(() -> read.done(found));
        }

        @Override
        public void publish(List<Checkpoint> newest, Callback<Done> done) {
            published = newest;
            loop.add(() -> done.done(Done.DONE));
        }

        @Override
        public void truncate(long frame, Callback<Done> truncated) {
            for (; firstFrame < frame; firstFrame++) {
                frames.set((int) firstFrame - 1, null);
            }
            loop.add(() -> truncated.done(Done.DONE));
        }

        @Override
        public void close() {}
    }
}
