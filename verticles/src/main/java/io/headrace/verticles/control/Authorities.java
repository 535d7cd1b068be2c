/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets in the requests of clients that know several controllers: their authority is the whole list, {@code
 * host:port,host:port}, which Vert.x takes for an error of the protocol. It sees the first of the list. The only place
 * of this package that knows what lies beneath an HTTP connection of Vert.x.
 */
final class Authorities {
    private Authorities() {}

    /**
     * To be called when the connection is made, before anything is read from it. Only HTTP/2 has authorities: false if the
     * connection is of an older version.
     */
    static boolean takeFirst(HttpConnection connection) {
        Http2ConnectionHandler http2 =
                ((ConnectionBase) connection).channel().pipeline().get(Http2ConnectionHandler.class);
        if (http2 != null) {
            Http2ConnectionDecoder decoder = http2.decoder();
            decoder.frameListener(new TakesFirst(decoder.frameListener()));
        }
        return http2 != null;
    }

    private static final class TakesFirst extends Http2FrameListenerDecorator {
        TakesFirst(Http2FrameListener next) {
            super(next);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean ends)
                throws Http2Exception {
            takeFirst(headers);
            super.onHeadersRead(context, stream, headers, padding, ends);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean ends)
                throws Http2Exception {
            takeFirst(headers);
            super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, ends);
        }

        private static void takeFirst(Http2Headers headers) {
            CharSequence authority = headers.authority();
            String list = authority == null ? "" : authority.toString();
            int comma = list.indexOf(',');
            if (comma >= 0) {
                headers.authority(list.substring(0, comma));
            }
        }
    }
}
