/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;

/** A message as it is sent. */
sealed interface SocketFrame {
    void sendTo(ServerWebSocket socket);

    /** In the JSON protocol. */
    record Text(String text) implements SocketFrame {
        @Override
        public void sendTo(ServerWebSocket socket) {
            var unused = socket.writeTextMessage(text);
        }
    }

    /** In the binary protocol. */
    record Binary(Buffer bytes) implements SocketFrame {
        @Override
        public void sendTo(ServerWebSocket socket) {
            var unused = socket.writeBinaryMessage(bytes);
        }
    }
}
