/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A server that accepts connections and never answers. */
public final class SilentServer implements AutoCloseable {
    private static final int BACKLOG = 100;

    /** The system completes connections that nobody has accepted. */
    private final ServerSocket socket;

    public SilentServer() throws IOException {
        socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    /** Host and port. */
    public String address() {
        return socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
