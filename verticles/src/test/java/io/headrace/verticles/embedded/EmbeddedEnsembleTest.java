/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEnsembleTest {
    private static final int CONNECT_MILLIS = 5_000;

    @TempDir
    private Path directory;

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        int zooKeeper = freePort();
        int bookie = freePort();
        EmbeddedOptions options = EmbeddedOptions.in(directory).withPorts(zooKeeper, bookie);
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(options)) {
            for (int port : new int[] {zooKeeper, bookie}) {
                assertThatCode(() -> connect(address(1), port))
                        .as("%s, port %s", ensemble.connectString(), port)
                        .doesNotThrowAnyException();
                for (InetAddress other : otherAddresses()) {
                    assertThatThrownBy(() -> connect(other, port))
                            .as("%s, port %s", other, port)
                            .isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void aPortThatIsInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, address(1))) {
            int port = taken.getLocalPort();
            assertRefused(EmbeddedOptions.in(directory).withPorts(port, 0), "port " + port + " of 127.0.0.1 is in use");
            assertRefused(EmbeddedOptions.in(directory).withPorts(0, port), "port " + port + " of 127.0.0.1 is in use");
        }
        EmbeddedEnsemble.start(EmbeddedOptions.in(directory)).close();
    }

    @Test
    void aDirectoryServesOneAtATime() {
        EmbeddedOptions options = EmbeddedOptions.in(directory);
        try (EmbeddedEnsemble first = EmbeddedEnsemble.start(options)) {
            assertRefused(options, "in use by another process");
            assertThatCode(() -> connect(
                            address(1), Integer.parseInt(first.connectString().split(":", 2)[1])))
                    .doesNotThrowAnyException();
        }
    }

    private static void assertRefused(EmbeddedOptions options, String message) {
        assertThatThrownBy(() -> EmbeddedEnsemble.start(options).close())
                .isInstanceOf(EnsembleException.class)
                .hasMessageContaining(message);
    }

    /** 127.0.0.{@code last} */
    private static InetAddress address(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    private static List<InetAddress> otherAddresses() throws IOException {
        List<InetAddress> addresses = new ArrayList<>(List.of(address(2)));
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .forEach(addresses::add);
        addresses.remove(address(1));
        return addresses;
    }

    private static void connect(InetAddress address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, address(1))) {
            return socket.getLocalPort();
        }
    }
}
