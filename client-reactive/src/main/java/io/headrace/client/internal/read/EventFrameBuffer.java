/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.ProtocolException;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds events in the bytes of a segment. An event that came as a whole is a slice of what was read; one that came in
 * pieces is put together in memory that grows with what has arrived, whatever length it claims. Not thread-safe.
 */
public final class EventFrameBuffer {
    private static final int FIRST_BYTES = 1024;

    private final int maxEventBytes;
    private final Deque<ByteBuf> pieces = new ArrayDeque<>();

    /** The start of an event that goes on in the pieces; null if they begin with an event. */
    private @Nullable ByteBuf begun;

    private long heldBytes;

    public EventFrameBuffer(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /** Bytes that were not taken yet. */
    public long heldBytes() {
        return heldBytes;
    }

    public void add(ByteBuf bytes) {
        pieces.add(bytes);
        heldBytes += bytes.readableBytes();
    }

    /** Forgets what is there: what comes next does not follow it. */
    public void clear() {
        pieces.clear();
        begun = null;
        heldBytes = 0;
    }

    /**
     * The payload of the next event; null if it is not complete.
     *
     * @throws ProtocolException if there is no event, or one that is too large
     */
    public @Nullable ByteBuf next() {
        for (ByteBuf piece = pieces.peek(); piece != null; piece = pieces.peek()) {
            ByteBuf start = begun;
            if (start != null) {
                take(start, piece);
            }
            ByteBuf event = read(start == null ? piece : start);
            if (event != null) {
                begun = null;
                heldBytes -= EventFrames.sizeOf(event);
            } else if (start == null) {
                begun = Unpooled.buffer(FIRST_BYTES).writeBytes(piece);
            }
            if (!piece.isReadable()) {
                pieces.remove();
            }
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private @Nullable ByteBuf read(ByteBuf from) {
        try {
            return EventFrames.read(from, maxEventBytes);
        } catch (WireFormatException e) {
            throw new ProtocolException("what was read is no event: " + e.getMessage(), e);
        }
    }

    /** Moves as much of a piece as the event needs. Memory doubles: it is never much more than what has arrived. */
    private static void take(ByteBuf start, ByteBuf piece) {
        int missing = missing(start);
        int bytes = Math.min(missing, piece.readableBytes());
        if (start.writableBytes() < bytes) {
            long doubled = Math.max(2L * start.capacity(), (long) start.writerIndex() + bytes);
            start.capacity((int) Math.min(doubled, (long) start.writerIndex() + missing));
        }
        start.writeBytes(piece, bytes);
    }

    /** How many bytes the event needs, or its header if that is not complete. */
    private static int missing(ByteBuf start) {
        int there = start.readableBytes();
        int needed = there < EventFrames.HEADER_BYTES
                ? EventFrames.HEADER_BYTES
                : EventFrames.HEADER_BYTES + start.getInt(start.readerIndex() + Integer.BYTES);
        return needed - there;
    }
}
