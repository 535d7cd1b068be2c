/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class HeldPortsTest {
    private static ServerSocket listener(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress freePort() throws IOException {
        try (ServerSocket socket = listener(0)) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    @Test
    void nobodyIsLetInWhileAPortIsHeld() throws Exception {
        InetSocketAddress address = freePort();
        try (HeldPorts held = new HeldPorts();
                Socket client = new Socket()) {
            held.add(address);
            assertThatThrownBy(() -> client.connect(address)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aPortThatIsListenedOnCannotBeHeld() throws Exception {
        try (HeldPorts held = new HeldPorts();
                ServerSocket other = listener(0)) {
            InetSocketAddress address = new InetSocketAddress(other.getInetAddress(), other.getLocalPort());
            assertThatThrownBy(() -> held.add(address)).isInstanceOf(BindException.class);
        }
    }

    @Test
    void afterwardsItCanBeListenedOn() throws Exception {
        InetSocketAddress address = freePort();
        try (HeldPorts held = new HeldPorts()) {
            held.add(address);
        }
        listener(address.getPort()).close();
    }
}
