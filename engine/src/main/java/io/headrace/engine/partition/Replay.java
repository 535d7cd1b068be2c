/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.state.NotInMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

    /** The present frame, where its next record is, and how many there are left. */
    private ByteBuf frame = Unpooled.EMPTY_BUFFER;

    private int position;
    private int left;

    /** Records of the open batch that have been applied, now that it has come to its end. */
    private int applied;

    /** Begins with frame {@code first}. */
    Replay(StateMachine<?, ?> machine, long first) {
        this.machine = machine;
        this.next = first;
    }

    /** Number of the frame that is expected next. */
    long next() {
        return next;
    }

    /** Begins with one frame, to be applied by {@link #proceed}; the caller keeps ownership of it. */
    void begin(ByteBuf next) {
        Frame.verify(next, this.next);
        long frameEpoch = Frame.epoch(next);
        if (frameEpoch < epoch) {
            throw Frame.corrupt(
                    this.next, "its epoch " + frameEpoch + " is below " + epoch + ", that of a frame before it");
        }
        epoch = frameEpoch;
        frame = next;
        position = next.readerIndex() + Frame.HEADER_BYTES;
        left = Frame.recordCount(next);
    }

    /**
     * Applies what is left of the frame. If that ends in {@link NotInMemory}, it goes on with the record that was missing
     * something.
     */
    void proceed() {
        int end = frame.writerIndex();
        for (; left > 0; left--) {
            if (end - position < Frame.RECORD_HEADER_BYTES) {
                throw Frame.corrupt(next, "a record header is cut off");
            }
            int type = frame.getUnsignedByte(position);
            int flags = frame.getByte(position + 1);
            int length = frame.getInt(position + 2);
            int body = position + Frame.RECORD_HEADER_BYTES;
            if (length < 0 || length > end - body) {
                throw Frame.corrupt(next, "a record is longer than the frame");
            }
            record(type, (flags & Frame.END_OF_BATCH) != 0, body, length);
            position = body + length;
        }
        if (position != end) {
            throw Frame.corrupt(next, "there are bytes behind its last record");
        }
        frame = Unpooled.EMPTY_BUFFER;
        next++;
    }

    /** Hears of records that are still to be applied. */
    interface Ahead {
        /** False if that is enough. */
        boolean record(int type, ByteBuf body);
    }

    /** Tells of the records that are to be applied next: of this frame from where it stopped, and of those behind it. */
    void ahead(Iterable<ByteBuf> behind, Ahead ahead) {
        for (Part part : openBatch.subList(applied, openBatch.size())) {
            if (!ahead.record(part.type, part.body.slice())) {
                return;
            }
        }
        boolean more = ahead(frame, position, left, ahead);
        long number = next;
        for (ByteBuf later : behind) {
            number++;
            if (!more || !Frame.isWhole(later, number)) {
                return;
            }
            more = ahead(later, later.readerIndex() + Frame.HEADER_BYTES, Frame.recordCount(later), ahead);
        }
    }

    private static boolean ahead(ByteBuf frame, int first, int count, Ahead ahead) {
        int at = first;
        for (int i = 0; i < count && frame.writerIndex() - at >= Frame.RECORD_HEADER_BYTES; i++) {
            int type = frame.getUnsignedByte(at);
            int length = frame.getInt(at + 2);
            at += Frame.RECORD_HEADER_BYTES;
            if (length < 0 || length > frame.writerIndex() - at) {
                return false;
            }
            if (type != EPOCH_START && !ahead.record(type, frame.slice(at, length))) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** The log has ended. */
    void finish() {
        dropOpenBatch();
    }

    private void record(int type, boolean endsBatch, int body, int length) {
        int offset = body - frame.readerIndex();
        if (type == EPOCH_START) {
            dropOpenBatch();
        } else if (!endsBatch) {
            openBatch.add(new Part(type, frame.retainedSlice(body, length), next, offset));
        } else {
            for (; applied < openBatch.size(); applied++) {
                Part part = openBatch.get(applied);
                machine.apply(part.type, part.body.slice(), part.frame, part.offset);
            }
            machine.apply(type, frame.slice(body, length), next, offset);
            dropOpenBatch();
        }
    }

    private void dropOpenBatch() {
        openBatch.forEach(part -> part.body.release());
        openBatch.clear();
        applied = 0;
    }
}
