/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;

/**
 * Listens for clients of the wire protocol. Deployed several times, the instances share the port, and each serves its
 * connections on its own event loop.
 */
public final class WireVerticle extends VerticleBase {
    private static final int BACKLOG = 1024;
    private static final int SEND_BUFFER_BYTES = 1 << 20;

    private final WireNode node;
    private volatile int port;

    public WireVerticle(WireNode node) {
        this.node = node;
    }

    @Override
    public Future<?> start() {
        // No receive buffer size: the kernel tunes it better, and Vert.x would allocate as much for every read.
        NetServer server = vertx.createNetServer(new NetServerOptions()
                .setTcpNoDelay(true)
                .setSendBufferSize(SEND_BUFFER_BYTES)
                .setAcceptBacklog(BACKLOG));
        return server.connectHandler(socket -> new WireConnection(node, context, socket).start())
                .listen(node.listeningPort(), node.options().host())
                .onSuccess(listening -> port = listening.actualPort());
    }

    /** The port that is listened on, once deployed. */
    public int port() {
        return port;
    }
}
