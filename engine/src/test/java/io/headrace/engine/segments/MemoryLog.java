/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
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
    private final Map<String, byte[]> snapshots = new HashMap<>();
    private @Nullable Checkpoint checkpoint;
    private long epoch;
    private long firstFrame = 1;

    /** While set, appended frames stay undurable until {@link #sync}. */
    boolean paused;

    /** How many frames were asked for by {@link PartitionLog#read}. */
    int reads;

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
    public void save(String partition, long frame, ByteBuf snapshot, Loop owner, Callback<Checkpoint> saved) {
        String location = "snapshot-" + frame + "-" + snapshots.size();
        snapshots.put(location, ByteBufUtil.getBytes(snapshot));
        snapshot.release();
        loop.add(() -> saved.done(new Checkpoint(location, frame)));
    }

    @Override
    public void load(Checkpoint from, Loop owner, Callback<ByteBuf> loaded) {
        byte[] bytes = snapshots.get(from.location());
        if (bytes == null) {
            throw new AssertionError("no snapshot at " + from);
        }
        loop.add(() -> loaded.done(Unpooled.wrappedBuffer(bytes)));
    }

    @Override
    public void delete(Checkpoint former) {
        snapshots.put(former.location(), new byte[0]);
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
        public @Nullable Checkpoint checkpoint() {
            return checkpoint;
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
        public void publish(Checkpoint published, Callback<Done> done) {
            checkpoint = published;
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
