/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;

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
        AppendBlock block = new AppendBlock(writerId, Unpooled.EMPTY_BUFFER);
        AppendBlockEnd end = new AppendBlockEnd(
                writerId, (int) size, Unpooled.EMPTY_BUFFER, events.size(), lastEventNumber, requestId);
        int total = BLOCK_HEADER_BYTES + (int) size + WireEncoder.sizeOf(end);
        ByteBuf out = allocator.buffer(total, total);
        WireEncoder.encode(block, out);
        out.setInt(FrameHeader.LENGTH_OFFSET, BLOCK_HEADER_BYTES - FrameHeader.BYTES + (int) size);
        for (ByteBuf event : events) {
            EventFrames.write(out, event);
        }
        WireEncoder.encode(end, out);
        return out;
    }
}
