/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that speak something else: each loses its connection, with a reason in the log, and others do not notice. */
@Timeout(300)
final class HostilePeersIT {
    private static final int TIMEOUT_MILLIS = 60_000;

    @TempDir
    Path temporary;

    @Test
    void aMistakeCostsOneConnection() throws Exception {
        try (ServerProcess server = ServerProcess.standalone(temporary, temporary.resolve("data"))) {
            Addresses addresses = server.awaitReady();
            try (PersistentWriter bystander = new PersistentWriter(addresses::store, 1)) {
                awaitMore(bystander, server);
                for (Map.Entry<String, byte[]> mistake : mistakes().entrySet()) {
                    assertClosed(addresses.store(), mistake.getValue());
                    awaitLine(server, mistake.getKey());
                }
                for (int i = 0; i < 20; i++) {
                    assertClosed(addresses.controller(), garbage(i));
                }
                assertClosed(addresses.controller(), ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense"));
                for (HttpClient.Version version : HttpClient.Version.values()) {
                    assertThat(get(version, "http://" + addresses.controller() + "/")
                                    .statusCode())
                            .isEqualTo(415);
                }
                assertThat(get(HttpClient.Version.HTTP_1_1, "http://" + addresses.http() + "/health")
                                .statusCode())
                        .isEqualTo(200);
                awaitMore(bystander, server);
                assertThat(bystander.connections()).isEqualTo(1);
                bystander.stop();
                try (StoreClient reader = new StoreClient(addresses.store())) {
                    bystander.assertStored(reader);
                }
            }
            assertThat(server.errorLines())
                    .noneMatch(line -> line.contains("ERROR"))
                    .anyMatch(line -> line.contains("Peers: closed the connection from"))
                    .anyMatch(line -> line.contains("broke the protocol: First received frame"));
        }
    }

    /** Others are served as before, and when one of them ends there is room again. */
    @Test
    void tooManyConnectionsAreRefused() throws Exception {
        try (ServerProcess server =
                ServerProcess.standalone(temporary, temporary.resolve("data"), "--connections", "3")) {
            Addresses addresses = server.awaitReady();
            try (PersistentWriter bystander = new PersistentWriter(addresses::store, 1)) {
                awaitMore(bystander, server);
                for (String address : List.of(addresses.store(), addresses.http())) {
                    List<Socket> sockets = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        sockets.add(connect(address));
                    }
                    assertClosed(address, new byte[0]);
                    for (Socket socket : sockets) {
                        socket.close();
                    }
                }
                awaitMore(bystander, server);
                assertThat(bystander.connections()).isEqualTo(1);
            }
            assertThat(server.errorLines())
                    .anyMatch(line -> line.contains("the store port has 3 already"))
                    .anyMatch(line -> line.contains("the HTTP port has 3 already"));
        }
    }

    private static Socket connect(String address) throws IOException {
        HostAndPort port = HostAndPort.parseAuthority(address, -1);
        return new Socket(port.host(), port.port());
    }

    /** What is sent, by what the log says then. */
    private static Map<String, byte[]> mistakes() {
        return Map.of(
                "unknown command", garbage(0),
                "it looks like HTTP:", ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                "it looks like HTTP/2 (a gRPC client?)", ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                "16777216", header(3, 16 << 20),
                "-1", header(3, -1),
                "it speaks versions 98 to 99", bytes(new WireCommand.Hello(99, 98)),
                "was not set up", appendOfAStranger());
    }

    private static byte[] garbage(int seed) {
        byte[] bytes = new byte[1000];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 1;
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] header(int type, int length) {
        return ByteBuffer.allocate(8).putInt(type).putInt(length).array();
    }

    private static byte[] bytes(WireCommand command) {
        return bytes(WireEncoder.encode(command, UnpooledByteBufAllocator.DEFAULT));
    }

    private static byte[] appendOfAStranger() {
        return bytes(AppendBlocks.encode(
                UnpooledByteBufAllocator.DEFAULT, new UUID(8, 8), List.of(Unpooled.wrappedBuffer(new byte[10])), 1, 1));
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.release();
        return bytes;
    }

    /** Sends bytes; the server must close the connection, whatever it answers before. */
    private static void assertClosed(String address, byte[] bytes) throws IOException {
        HostAndPort port = HostAndPort.parseAuthority(address, -1);
        try (Socket socket = new Socket(port.host(), port.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // A reset is as good as an end: the server had not read all.
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
        }
    }

    private static void awaitMore(PersistentWriter writer, ServerProcess server) throws Exception {
        long before = writer.acknowledged();
        while (writer.acknowledged() < before + 10) {
            assertThat(server.isAlive()).as(server.toString()).isTrue();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static void awaitLine(ServerProcess server, String text) throws Exception {
        while (server.errorLines().stream().noneMatch(line -> line.contains("is closed: ") && line.contains(text))) {
            assertThat(server.isAlive()).as(server.toString()).isTrue();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static HttpResponse<String> get(HttpClient.Version version, String uri)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).version(version).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
