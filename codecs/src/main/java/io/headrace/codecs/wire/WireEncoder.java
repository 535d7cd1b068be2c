/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/**
 * Turns commands into frames, header included. All fields are written, optional ones too. The indexes of the buffers
 * that a command holds stay where they are, so that a command can be written several times.
 *
 * <p>A command that cannot be a frame (a string above 65,535 encoded bytes, more than {@link FrameHeader#MAX_FRAME}
 * bytes in all) is a mistake of the caller: {@link IllegalArgumentException}, before anything is written or allocated.
 */
public final class WireEncoder {
    /** Payloads below this many bytes are copied in any case: that is cheaper than sending three buffers. */
    private static final int MIN_SHARED_BYTES = 4096;

    private WireEncoder() {}

    /** Size of the command's frame, in bytes, header included. */
    public static int sizeOf(WireCommand command) {
        return measure(command).frameSize();
    }

    /** Writes the command at the writer index of {@code out}, which grows as needed. Copies what the command holds. */
    public static void encode(WireCommand command, ByteBuf out) {
        int size = sizeOf(command);
        out.ensureWritable(size);
        write(command, size, new FieldWriter.Copy(out, false));
    }

    /** The command in a buffer of its own, of exactly its size. Copies what the command holds. */
    public static ByteBuf encode(WireCommand command, ByteBufAllocator allocator) {
        int size = sizeOf(command);
        ByteBuf out = allocator.buffer(size, size);
        write(command, size, new FieldWriter.Copy(out, false));
        return out;
    }

    /**
     * The command in a buffer that contains the command's payload itself rather than a copy of it, unless it is small.
     * Meant for {@link SegmentReply.SegmentRead} and the parts of an append.
     *
     * @return releasing it also releases one reference to the command's payload, which the caller gives away with this
     *     call; only if the call fails the reference stays with the caller
     */
    public static ByteBuf encodeSharing(WireCommand command, ByteBufAllocator allocator) {
        FieldWriter.Measure measure = measure(command);
        int size = measure.frameSize();
        ByteBuf payload = measure.payload();
        if (payload == null) {
            return encode(command, allocator);
        }
        boolean share = payload.readableBytes() >= MIN_SHARED_BYTES;
        int copied = share ? size - payload.readableBytes() : size;
        ByteBuf head = allocator.buffer(copied, copied);
        FieldWriter.Copy writer = new FieldWriter.Copy(head, share);
        write(command, size, writer);
        if (!share) {
            payload.release();
            return head;
        }
        return around(head, writer.leftOutAt(), payload, allocator);
    }

    private static ByteBuf around(ByteBuf head, int at, ByteBuf payload, ByteBufAllocator allocator) {
        CompositeByteBuf frame = allocator.compositeBuffer(3);
        int tail = head.writerIndex() - at;
        if (tail == 0) {
            return frame.addComponent(true, head).addComponent(true, payload);
        }
        return frame.addComponent(true, head.retainedSlice(0, at))
                .addComponent(true, payload)
                .addComponent(true, head.slice(at, tail));
    }

    private static FieldWriter.Measure measure(WireCommand command) {
        FieldWriter.Measure measure = new FieldWriter.Measure();
        Codecs.of(command).write(command, measure);
        return measure;
    }

    private static void write(WireCommand command, int size, FieldWriter.Copy writer) {
        Codec<?> codec = Codecs.of(command);
        codec.write(command, writer.i32(codec.code()).i32(size - FrameHeader.BYTES));
    }
}
