/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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

    /** Memory for what is to be written: the system takes it without another copy, and it is used again. */
    static ByteBufAllocator allocator(NetSocket socket) {
        return context(socket).alloc();
    }

    /** Writes bytes, and releases them whatever becomes of that; they leave with the next {@link #flush}. */
    static void write(NetSocket socket, ByteBuf bytes) {
        ChannelHandlerContext context = context(socket);
        var unused = context.write(bytes, context.voidPromise());
    }

    static void flush(NetSocket socket) {
        context(socket).flush();
    }

    /** Whether less than the socket's write queue may hold was written and has not left. */
    static boolean isWritable(NetSocket socket) {
        return context(socket).channel().isWritable();
    }

    /** Runs {@code task} each time that it has become writable again. */
    static void onWritable(NetSocket socket, Runnable task) {
        ChannelHandlerContext context = context(socket);
        context.pipeline().addBefore(context.name(), null, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext here) {
                if (here.channel().isWritable()) {
                    task.run();
                }
                here.fireChannelWritabilityChanged();
            }
        });
    }

    private static ChannelHandlerContext context(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext();
    }

    /** Closes at once, without waiting until the peer has taken what was written. */
    static void abort(NetSocket socket) {
        var unused = context(socket).close();
    }
}
