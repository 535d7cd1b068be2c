/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * Encoded replies on their way to the socket. One write is under way at a time and takes everything that was there; what
 * comes meanwhile is collected for the next. So many replies share a system call, and buffers never wait in queues that
 * would forget to release them. On the connection's loop.
 */
final class Outbox {
    private static final int FIRST_BYTES = 512;

    private final NetSocket socket;
    private final WireCounters counters;
    private final Runnable written;

    /** Small replies are encoded to its end. */
    private @Nullable ByteBuf tail;

    /** What stands before the tail, if larger pieces were added. */
    private @Nullable CompositeByteBuf pieces;

    private int bytesInFlight;
    private boolean closed;

    /** @param written called after each write that has left this process, and after one that failed */
    Outbox(NetSocket socket, WireCounters counters, Runnable written) {
        this.socket = socket;
        this.counters = counters;
        this.written = written;
    }

    /** Where the next small reply is to be encoded. */
    ByteBuf tail() {
        ByteBuf current = tail;
        if (current == null) {
            current = PooledByteBufAllocator.DEFAULT.directBuffer(FIRST_BYTES);
            tail = current;
        }
        return current;
    }

    /** Adds bytes behind all that was encoded before, without copying them; they are given away. */
    void add(ByteBuf bytes) {
        CompositeByteBuf current = pieces;
        if (current == null) {
            current = PooledByteBufAllocator.DEFAULT.compositeDirectBuffer(Integer.MAX_VALUE);
            pieces = current;
        }
        ByteBuf before = tail;
        if (before != null) {
            tail = null;
            current.addComponent(true, before);
        }
        current.addFlattenedComponents(true, bytes);
    }

    /** Bytes that the peer has not taken yet. */
    int pendingBytes() {
        return bytesInFlight + unsentBytes();
    }

    /** Writes what has been collected, unless a write is under way: then its end does. */
    void flush() {
        if (closed || bytesInFlight > 0 || unsentBytes() == 0) {
            return;
        }
        ByteBuf bytes = takeAll();
        bytesInFlight = bytes.readableBytes();
        counters.bytesSent.add(bytesInFlight);
        Sockets.write(socket, bytes).onComplete(result -> {
            bytesInFlight = 0;
            if (result.succeeded()) {
                flush();
            } else {
                close();
            }
            written.run();
        });
    }

    /** Drops what was not sent; to be called at the latest when the socket is closed. */
    void close() {
        closed = true;
        takeAll().release();
    }

    private int unsentBytes() {
        return (tail == null ? 0 : tail.readableBytes()) + (pieces == null ? 0 : pieces.readableBytes());
    }

    private ByteBuf takeAll() {
        CompositeByteBuf before = pieces;
        ByteBuf last = tail;
        pieces = null;
        tail = null;
        if (before == null) {
            return last == null ? Unpooled.EMPTY_BUFFER : last;
        }
        return last == null ? before : before.addComponent(true, last);
    }
}
