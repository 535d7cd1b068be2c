/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class BookieMemberTest {
    @TempDir
    static Path directory;

    private static EmbeddedEnsemble ensemble;

    @BeforeAll
    static void start() {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory.resolve("ensemble")));
    }

    @AfterAll
    static void stop() {
        ensemble.close();
    }

    @Test
    void clientsAreToldAName() throws Exception {
        Path data = directory.resolve("named");
        try (BookieMember bookie = start(data, "127.0.0.1", "localhost")) {
            assertThat(bookie).isNotNull();
            String name = Files.readString(data.resolve("bookie-name")).strip();
            ZooKeeper client = new ZooKeeper(ensemble.connectString(), 30_000, event -> {});
            try {
                byte[] registered = client.getData("/ledgers/available/bookie-" + name, false, null);
                assertThat(new String(registered, StandardCharsets.ISO_8859_1)).contains("localhost");
            } finally {
                client.close();
            }
        }
    }

    @Test
    void aNameThatMeansAnotherAddressIsRefused() {
        assertThatThrownBy(() -> start(directory.resolve("other"), "127.0.0.1", "127.0.0.2"))
                .isInstanceOf(EnsembleException.class)
                .hasMessage("127.0.0.2, which clients are to be told, is 127.0.0.2 here, and the bookie is to listen on"
                        + " 127.0.0.1: make them the same, or let it listen on all addresses");
        assertThatThrownBy(() -> start(directory.resolve("other"), "127.0.0.1", "no.such.host.invalid"))
                .isInstanceOf(EnsembleException.class)
                .hasMessageContaining("nobody here knows the host no.such.host.invalid");
    }

    private static BookieMember start(Path data, String host, String advertised) throws Exception {
        return BookieMember.start(
                ensemble.connectString(),
                InetAddress.getByName(host),
                advertised,
                EmbeddedOptions.in(data).withPorts(0, 0),
                reason -> {});
    }
}
