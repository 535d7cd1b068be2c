/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames in what a socket delivers. Frames that came as a whole are read where they are; the bytes of one that came
 * in pieces are copied once. Not thread-safe.
 */
final class FrameReader {
    private final Consumer<WireCommand> commands;
    private final ByteBuf header = Unpooled.buffer(FrameHeader.BYTES, FrameHeader.BYTES);

    /** The payload of a frame that is not complete, with room for all of it; its header was read. */
    private @Nullable ByteBuf payload;

    FrameReader(Consumer<WireCommand> commands) {
        this.commands = commands;
    }

    /**
     * Reads what arrived.
     *
     * @param bytes heap memory that lives on; commands hold slices of it
     * @throws io.headrace.codecs.wire.WireFormatException if there is something else than the protocol allows
     */
    void read(ByteBuf bytes) {
        while (bytes.isReadable()) {
            ByteBuf unfinished = payload;
            if (unfinished != null) {
                fill(unfinished, bytes);
            } else if (!header.isReadable() && bytes.readableBytes() >= FrameHeader.BYTES) {
                begin(bytes.readInt(), bytes.readInt(), bytes);
            } else {
                bytes.readBytes(header, Math.min(header.writableBytes(), bytes.readableBytes()));
                if (!header.isWritable()) {
                    begin(header.getInt(0), header.getInt(FrameHeader.LENGTH_OFFSET), bytes);
                }
            }
        }
    }

    private void begin(int type, int claimedLength, ByteBuf bytes) {
        int length = FrameHeader.checkPayloadLength(claimedLength);
        if (bytes.readableBytes() >= length) {
            header.clear();
            commands.accept(WireDecoder.decode(type, bytes.readSlice(length)));
            return;
        }
        header.clear().writeInt(type).writeInt(length);
        payload = Unpooled.buffer(length, length);
    }

    private void fill(ByteBuf unfinished, ByteBuf bytes) {
        bytes.readBytes(unfinished, Math.min(unfinished.writableBytes(), bytes.readableBytes()));
        if (!unfinished.isWritable()) {
            payload = null;
            int type = header.getInt(0);
            header.clear();
            commands.accept(WireDecoder.decode(type, unfinished));
        }
    }
}
