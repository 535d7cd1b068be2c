/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Listens for clients of the wire protocol. Deployed several times, the instances share the port, and each serves its
 * connections on its own event loop.
 */
public final class WireVerticle extends VerticleBase {
    private static final int BACKLOG = 1024;
    private static final int SEND_BUFFER_BYTES = 1 << 20;

    private static final long TICK_MILLIS = 100;

    private final WireNode node;
    private final Set<WireConnection> connections = new HashSet<>();
    private volatile int port;

    public WireVerticle(WireNode node) {
        this.node = node;
    }

    @Override
    public Future<?> start() {
        // No receive buffer size: the kernel tunes it better, and Vert.x would allocate as much for every read.
        NetServer server = vertx.createNetServer(new NetServerOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setSendBufferSize(SEND_BUFFER_BYTES)
                .setAcceptBacklog(BACKLOG));
        vertx.setPeriodic(TICK_MILLIS, timer -> tick());
        return server.connectHandler(this::accept)
                .listen(node.listeningPort(), node.options().host())
                .onSuccess(listening -> port = listening.actualPort());
    }

    private void accept(NetSocket socket) {
        if (!node.limit().enter(socket.remoteAddress())) {
            Sockets.abort(socket);
            return;
        }
        WireConnection connection = new WireConnection(node, context, socket, this::closed);
        connections.add(connection);
        connection.start();
    }

    private void closed(WireConnection connection) {
        connections.remove(connection);
        node.limit().leave();
    }

    private void tick() {
        long now = System.nanoTime();
        // A copy: a connection that is closed leaves the set.
        List.copyOf(connections).forEach(connection -> connection.tick(now));
    }

    /** The port that is listened on, once deployed. */
    public int port() {
        return port;
    }
}
