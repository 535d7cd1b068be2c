/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports that are kept from whoever asks the system for any free one. Nobody listens on them meanwhile: who connects is refused,
 * as before the start.
 */
final class HeldPorts implements AutoCloseable {
    private final List<SocketChannel> sockets = new ArrayList<>();

    /**
     * Adds a port.
     *
     * @throws java.net.BindException if a program listens on it
     */
    void add(InetSocketAddress address) throws IOException {
        SocketChannel socket = SocketChannel.open();
        sockets.add(socket);
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel socket : sockets) {
            socket.close();
        }
    }
}
