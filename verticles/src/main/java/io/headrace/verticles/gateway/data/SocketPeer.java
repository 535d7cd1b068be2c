/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.vertx.core.json.JsonObject;

/** Who is at the other end of a WebSocket, for those who do what it asks for. */
interface SocketPeer {
    SocketFormat format();

    /** Whether it takes less than it is sent. */
    boolean isFull();

    void send(SocketFrame frame);

    default void answer(JsonObject message) {
        send(format().frame(message));
    }

    /** Tells what went wrong. */
    void failed(String id, Throwable cause);

    /** So many bytes more, or fewer, of what it has published are under way. */
    void underWay(long bytes);
}
