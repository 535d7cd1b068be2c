/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds the records of recovered frames to a state machine, whole batches only. A batch without its end is dropped when
 * the log ends or a new epoch begins: its owner never had it acknowledged.
 */
final class Replay {
    /** Kernel record that opens an epoch; body: i64 epoch, i64 milliseconds since the Unix epoch. */
    static final int EPOCH_START = 0;

    static final int EPOCH_START_BYTES = 16;

    private record Part(int type, ByteBuf body, long frame, int offset) {}

    private final StateMachine<?, ?> machine;
    private final List<Part> openBatch = new ArrayList<>();
    private long next;
    private long epoch;

    /** Begins with frame {@code first}. */
    Replay(StateMachine<?, ?> machine, long first) {
        this.machine = machine;
        this.next = first;
    }

    /** Number of the frame that is expected next. */
    long next() {
        return next;
    }

    /** Applies one frame; the caller keeps ownership of it. */
    void frame(ByteBuf frame) {
        Frame.verify(frame, next);
        long frameEpoch = Frame.epoch(frame);
        if (frameEpoch < epoch) {
            throw Frame.corrupt(next, "its epoch " + frameEpoch + " is below " + epoch + ", that of a frame before it");
        }
        epoch = frameEpoch;
        int position = frame.readerIndex() + Frame.HEADER_BYTES;
        int end = frame.writerIndex();
        for (int left = Frame.recordCount(frame); left > 0; left--) {
            if (end - position < Frame.RECORD_HEADER_BYTES) {
                throw Frame.corrupt(next, "a record header is cut off");
            }
            int type = frame.getUnsignedByte(position);
            int flags = frame.getByte(position + 1);
            int length = frame.getInt(position + 2);
            position += Frame.RECORD_HEADER_BYTES;
            if (length < 0 || length > end - position) {
                throw Frame.corrupt(next, "a record is longer than the frame");
            }
            record(type, (flags & Frame.END_OF_BATCH) != 0, frame, position, length);
            position += length;
        }
        if (position != end) {
            throw Frame.corrupt(next, "there are bytes behind its last record");
        }
        next++;
    }

    /** The log has ended. */
    void finish() {
        dropOpenBatch();
    }

    private void record(int type, boolean endsBatch, ByteBuf frame, int position, int length) {
        int offset = position - frame.readerIndex();
        if (type == EPOCH_START) {
            dropOpenBatch();
        } else if (!endsBatch) {
            openBatch.add(new Part(type, frame.retainedSlice(position, length), next, offset));
        } else {
            openBatch.forEach(part -> machine.apply(part.type, part.body, part.frame, part.offset));
            dropOpenBatch();
            machine.apply(type, frame.slice(position, length), next, offset);
        }
    }

    private void dropOpenBatch() {
        openBatch.forEach(part -> part.body.release());
        openBatch.clear();
    }
}
