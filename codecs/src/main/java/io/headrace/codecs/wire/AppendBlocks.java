/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** The sending side of an append stream, in its plain form: each append is one block and its end. */
public final class AppendBlocks {
    /** Bytes of a block before its data: the frame's header and the writer's id. */
    private static final int BLOCK_HEADER_BYTES = FrameHeader.BYTES + 16;

    /** Most bytes of data in one append, event headers included. */
    public static final int MAX_DATA = FrameHeader.MAX_FRAME - BLOCK_HEADER_BYTES;

    private AppendBlocks() {}

    /**
     * One append of whole events, which the server stores atomically and acknowledges as one.
     *
     * @param events at least one, without headers, each at most {@link EventFrames#MAX_EVENT} bytes and all together at
     *     most {@link #MAX_DATA} with their headers; they are copied and their indexes do not move
     * @param lastEventNumber number of the last of them; numbers of a writer must grow
     * @param requestId that of the writer's {@link AppendCommand.SetupAppend}
     */
    public static ByteBuf encode(
            ByteBufAllocator allocator, UUID writerId, List<ByteBuf> events, long lastEventNumber, long requestId) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
        long size = 0;
        for (ByteBuf event : events) {
            if (event.readableBytes() > EventFrames.MAX_EVENT) {
                throw new IllegalArgumentException("an event of " + event.readableBytes() + " bytes is too large");
            }
            size += EventFrames.sizeOf(event);
        }
        if (size > MAX_DATA) {
            throw new IllegalArgumentException("events of " + size + " bytes together do not fit into one append");
        }
        AppendBlockEnd end = new AppendBlockEnd(
                writerId, (int) size, Unpooled.EMPTY_BUFFER, events.size(), lastEventNumber, requestId);
        return encode(allocator, end, out -> {
            for (ByteBuf event : events) {
                EventFrames.write(out, event);
            }
        });
    }

    /**
     * One append of whatever somebody writes into it, without a copy in between.
     *
     * @param end what it ends with: says how many bytes are to be written, at most {@link #MAX_DATA}, and has none itself
     * @param data writes them
     */
    public static ByteBuf encode(ByteBufAllocator allocator, AppendBlockEnd end, Consumer<ByteBuf> data) {
        int size = end.sizeOfWholeEvents();
        if (size < 0 || size > MAX_DATA) {
            throw new IllegalArgumentException(size + " bytes do not fit into one append");
        }
        int total = BLOCK_HEADER_BYTES + size + WireEncoder.sizeOf(end);
        ByteBuf out = allocator.buffer(total, total);
        WireEncoder.encode(new AppendBlock(end.writerId(), Unpooled.EMPTY_BUFFER), out);
        out.setInt(FrameHeader.LENGTH_OFFSET, BLOCK_HEADER_BYTES - FrameHeader.BYTES + size);
        data.accept(out);
        if (out.writerIndex() != BLOCK_HEADER_BYTES + size) {
            out.release();
            throw new IllegalArgumentException("an append of " + size + " bytes was filled with others");
        }
        WireEncoder.encode(end, out);
        return out;
    }
}
