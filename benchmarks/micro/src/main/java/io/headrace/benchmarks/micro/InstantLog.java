/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks.micro;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that takes each frame at once and keeps none, and checkpoints that nobody takes. */
final class InstantLog implements LogStore, CheckpointStore, PartitionLog, PartitionCheckpoints {
    private final HeapBase rows = new HeapBase();
    private long nextFrame = 1;

    @Override
    public void open(String partition, Loop loop, Callback<PartitionLog> opened) {
        loop.execute(() -> opened.done(this));
    }

    @Override
    public PartitionCheckpoints open(String partition, long epoch, boolean withRows, Loop loop) {
        return this;
    }

    @Override
    public long epoch() {
        return 1;
    }

    @Override
    public long firstFrame() {
        return nextFrame;
    }

    @Override
    public long nextFrame() {
        return nextFrame;
    }

    @Override
    public List<Checkpoint> checkpoints() {
        return List.of();
    }

    @Override
    public void append(long frame, ByteBuf bytes, Callback<Done> appended) {
        nextFrame++;
        bytes.release();
        appended.done(Done.DONE);
    }

    @Override
    public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
        throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public void publish(List<Checkpoint> checkpoints, Callback<Done> published) {
        throw new UnsupportedOperationException("no checkpoint is taken");
    }

    @Override
    public void truncate(long frame, Callback<Done> truncated) {
        truncated.done(Done.DONE);
    }

    @Override
    public void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored) {
        restored.done(Unpooled.EMPTY_BUFFER);
    }

    @Override
    public StateBase base() {
        return rows;
    }

    @Override
    public void write(Layer layer, Callback<Done> written) {
        throw new UnsupportedOperationException("no checkpoint is taken");
    }

    @Override
    public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
        throw new UnsupportedOperationException("no checkpoint is taken");
    }

    @Override
    public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {}

    @Override
    public void close() {}
}
