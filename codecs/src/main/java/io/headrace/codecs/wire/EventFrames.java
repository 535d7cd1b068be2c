/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Events as they lie in a segment, one behind the other: i32 0, i32 length, that many bytes. */
public final class EventFrames {
    /** Size of what stands before each event, in bytes. */
    public static final int HEADER_BYTES = 8;

    /** Largest event that can be written as a whole, in bytes, without its header. Larger ones take many appends. */
    public static final int MAX_EVENT = 8 << 20;

    static final int TYPE = 0;

    private EventFrames() {}

    /** Size of the event with its header, in bytes. */
    public static int sizeOf(ByteBuf event) {
        return HEADER_BYTES + event.readableBytes();
    }

    /** Writes the event with its header; does not move the indexes of {@code event}. */
    public static void write(ByteBuf out, ByteBuf event) {
        int length = event.readableBytes();
        out.writeInt(TYPE);
        out.writeInt(length);
        out.writeBytes(event, event.readerIndex(), length);
    }

    /** Writes the event with its header. */
    public static void write(ByteBuf out, byte[] event) {
        out.writeInt(TYPE);
        out.writeInt(event.length);
        out.writeBytes(event);
    }

    /**
     * Reads the event at the reader index.
     *
     * @param maxLength of an event, in bytes; other clients may have written events of up to 2 GiB
     * @return a slice of {@code in}, not retained; null if not all of the event is there: nothing was read
     * @throws WireFormatException if there is no event, or one above {@code maxLength}
     */
    public static @Nullable ByteBuf read(ByteBuf in, int maxLength) {
        if (in.readableBytes() < HEADER_BYTES) {
            return null;
        }
        int type = in.getInt(in.readerIndex());
        int length = in.getInt(in.readerIndex() + 4);
        if (type != TYPE || length < 0 || length > maxLength) {
            throw new WireFormatException("no event, or too large a one: type " + type + ", length " + length
                    + " (at most " + maxLength + ")");
        }
        if (in.readableBytes() - HEADER_BYTES < length) {
            return null;
        }
        return in.skipBytes(HEADER_BYTES).readSlice(length);
    }
}
