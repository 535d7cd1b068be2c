/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has received and not yet parsed: the socket's own heap buffers, one after the other. It never
 * allocates for what a length field promises, only for what has arrived, and it holds little more memory than bytes.
 */
final class ReceivedBytes {
    /** Pieces below this size are copied together, lest their bookkeeping outweigh them. */
    private static final int SMALL = 4 << 10;

    private static final int MAX_COLLECTED = 64 << 10;

    private final Deque<ByteBuf> pieces = new ArrayDeque<>(2);
    private int bytes;

    /** The last piece, if small ones may be copied to its end. */
    private @Nullable ByteBuf collecting;

    /** @param received unpooled heap memory that nobody else reads or writes from here on */
    void add(ByteBuf received) {
        int size = received.readableBytes();
        bytes += size;
        if (pieces.isEmpty() || size >= SMALL) {
            pieces.addLast(received);
            collecting = null;
        } else {
            collect(received);
        }
    }

    int readableBytes() {
        return bytes;
    }

    /** The four bytes at {@code offset} from the front, as a number. */
    int getInt(int offset) {
        ByteBuf first = pieces.getFirst();
        if (first.readableBytes() >= offset + Integer.BYTES) {
            return first.getInt(first.readerIndex() + offset);
        }
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = (value << Byte.SIZE) | (getByte(offset + i) & 0xff);
        }
        return value;
    }

    /** Drops {@code size} bytes from the front. */
    void skip(int size) {
        bytes -= size;
        for (int left = size; left > 0; ) {
            int part = Math.min(left, pieces.getFirst().readableBytes());
            pieces.getFirst().skipBytes(part);
            dropFirstIfEmpty();
            left -= part;
        }
    }

    /** Takes {@code size} bytes from the front: a view, valid for as long as it is reachable. */
    ByteBuf take(int size) {
        bytes -= size;
        ByteBuf first = pieces.peekFirst();
        if (first == null) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (first.readableBytes() >= size) {
            return takeFromFirst(size);
        }
        CompositeByteBuf view = new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, false, Integer.MAX_VALUE);
        for (int left = size; left > 0; ) {
            int part = Math.min(left, pieces.getFirst().readableBytes());
            view.addComponent(true, takeFromFirst(part));
            left -= part;
        }
        return view;
    }

    /** To be called when parsing pauses: a small rest must not keep a large buffer alive. */
    void compact() {
        ByteBuf first = pieces.peekFirst();
        if (pieces.size() == 1 && first != null && collecting == null) {
            int size = first.readableBytes();
            if (size < SMALL || size < first.capacity() / 4) {
                pieces.clear();
                collect(first);
            }
        }
    }

    void clear() {
        pieces.clear();
        collecting = null;
        bytes = 0;
    }

    private void collect(ByteBuf piece) {
        ByteBuf target = collecting;
        int size = piece.readableBytes();
        if (target == null || target.writableBytes() < size) {
            // Grows with what has arrived: a slow peer's frame takes few pieces, and none is much larger than needed.
            int capacity = Math.max(size, Math.min(MAX_COLLECTED, Math.max(256, bytes)));
            target = Unpooled.buffer(capacity, capacity);
            pieces.addLast(target);
            collecting = target;
        }
        target.writeBytes(piece);
    }

    private byte getByte(int offset) {
        int skipped = 0;
        for (ByteBuf piece : pieces) {
            if (offset - skipped < piece.readableBytes()) {
                return piece.getByte(piece.readerIndex() + offset - skipped);
            }
            skipped += piece.readableBytes();
        }
        throw new IndexOutOfBoundsException("byte " + offset + " of " + bytes);
    }

    private ByteBuf takeFromFirst(int size) {
        ByteBuf first = pieces.getFirst();
        ByteBuf taken = first.readSlice(size);
        dropFirstIfEmpty();
        return taken;
    }

    private void dropFirstIfEmpty() {
        if (!pieces.getFirst().isReadable()) {
            pieces.removeFirst();
            if (pieces.isEmpty()) {
                collecting = null;
            }
        }
    }
}
