/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The open frame: records are written straight into the newest slab of the {@link FrameCache}, where the sealed frame
 * stays for readers, for the log and for later. Knows nothing of what becomes of a sealed frame.
 */
final class FrameBuilder {
    private final FrameCache cache;
    private final long epoch;
    private long number;

    private @Nullable ByteBuf slab;
    private int start;
    private int records;
    private int lastFlags;

    /** Starts with frame {@code number} open and empty. */
    FrameBuilder(FrameCache cache, long epoch, long number) {
        this.cache = cache;
        this.epoch = epoch;
        this.number = number;
    }

    /** Number of the open frame. */
    long number() {
        return number;
    }

    boolean isEmpty() {
        return records == 0;
    }

    /** Whether a record body of {@code size} bytes still fits into the open frame. */
    boolean fits(int size) {
        if (records == 0) {
            return true;
        }
        int end = slab().writerIndex() + Frame.RECORD_HEADER_BYTES + size;
        return end - start <= Frame.MAX_BYTES && end <= slab().capacity();
    }

    /**
     * Writes a record into the open frame.
     *
     * @return its body, valid until the next call
     */
    ByteBuf append(LogRecord record, long committedFrame) {
        return append(record.type(), record.size(), record::write, committedFrame);
    }

    ByteBuf append(int type, int size, java.util.function.Consumer<ByteBuf> body, long committedFrame) {
        if (records == 0) {
            begin(size, committedFrame);
        }
        ByteBuf out = slab();
        int recordStart = out.writerIndex();
        int bodyStart = recordStart + Frame.RECORD_HEADER_BYTES;
        try {
            out.writeByte(type).writeByte(0).writeInt(size);
            body.accept(out);
            if (out.writerIndex() != bodyStart + size) {
                throw new IllegalStateException("record of type " + type + " said it has " + size + " bytes and wrote "
                        + (out.writerIndex() - bodyStart));
            }
        } catch (RuntimeException | AssertionError e) {
            // The frame has no trace of it: whoever catches this may go on.
            out.writerIndex(recordStart);
            throw e;
        }
        lastFlags = recordStart + 1;
        records++;
        return out.slice(bodyStart, size);
    }

    /** Position in the open frame of a body that {@link #append} has just returned. */
    int offsetOf(ByteBuf body) {
        return slab().writerIndex() - body.capacity() - start;
    }

    /** Marks the newest record as the last of its batch. */
    void endBatch() {
        slab().setByte(lastFlags, Frame.END_OF_BATCH);
    }

    /** The open frame's bytes so far. */
    ByteBuf view() {
        return slab().slice(start, slab().writerIndex() - start);
    }

    /** Closes the open frame and opens the next. Returns its bytes, not retained for the caller. */
    ByteBuf seal() {
        ByteBuf frame = view();
        Frame.seal(frame, epoch, number, records);
        cache.add(number, frame);
        number++;
        records = 0;
        return frame;
    }

    private void begin(int size, long committedFrame) {
        if (cache.room() < Frame.HEADER_BYTES + Frame.RECORD_HEADER_BYTES + size) {
            cache.addSlab(number, committedFrame);
        }
        slab = cache.slab();
        start = slab.writerIndex();
        slab.writeZero(Frame.HEADER_BYTES);
    }

    private ByteBuf slab() {
        ByteBuf current = slab;
        if (current == null) {
            throw new IllegalStateException("no frame has been begun");
        }
        return current;
    }
}
