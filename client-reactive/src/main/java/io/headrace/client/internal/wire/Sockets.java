/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.netty.buffer.ByteBuf;
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

    /** A buffer of these bytes, which are not copied. */
    static Buffer buffer(ByteBuf unpooledHeap) {
        return BufferInternal.buffer(unpooledHeap);
    }

    /** Closes at once, without waiting until the peer has taken what was written. */
    static void abort(NetSocket socket) {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }
}
