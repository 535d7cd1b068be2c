/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/** The only place that knows what lies beneath the public interface of a Vert.x socket. */
final class Sockets {
    private Sockets() {}

    /** The bytes of a buffer that a socket has read: unpooled heap memory, never to be released. */
    static ByteBuf bytes(Buffer received) {
        return ((BufferInternal) received).getByteBuf();
    }

    /**
     * Writes bytes and gives them away. They are released in every case, provided that the socket is open and that no
     * other write is under way: Vert.x forgets the buffers in its own queue when a connection dies.
     */
    static Future<Void> write(NetSocket socket, ByteBuf bytes) {
        // Not write(Buffer): a Vert.x buffer never releases what it wraps.
        return ((NetSocketInternal) socket).writeMessage(bytes);
    }

    /** Closes at once, without waiting until the peer has taken what was written. */
    static void abort(NetSocket socket) {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }
}
