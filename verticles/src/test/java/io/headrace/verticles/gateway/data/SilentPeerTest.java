/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who answers pings stays, and who does not is let go. */
@Timeout(120)
final class SilentPeerTest {
    private static final String HANDSHAKE = """
            GET /v1/socket HTTP/1.1\r
            Host: x\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            \r
            """;

    private final Vertx vertx = Vertx.vertx();

    /** Connects when it is needed, which is never. */
    private final HeadraceClient client = HeadraceClient.connect(URI.create("tcp://127.0.0.1:1"));

    private int port;

    @BeforeEach
    void listen() throws Exception {
        Promise<HttpServer> listening = Promise.promise();
        vertx.getOrCreateContext().runOnContext(nothing -> {
            Router router = Router.router(vertx);
            DataApi.mount(router, vertx, client, DataOptions.DEFAULT.withPingMillis(100));
            vertx.createHttpServer(new HttpServerOptions().setWebSocketClosingTimeout(1))
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .onComplete(listening);
        });
        port = listening.future().await(60, TimeUnit.SECONDS).actualPort();
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        var unused = vertx.close().await(60, TimeUnit.SECONDS);
    }

    @Test
    void whoAnswersStays() throws Exception {
        CountDownLatch pings = new CountDownLatch(20);
        AtomicInteger ends = new AtomicInteger();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v1/socket"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
                        pings.countDown();
                        return WebSocket.Listener.super.onPing(from, message);
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                        ends.incrementAndGet();
                        return WebSocket.Listener.super.onClose(from, status, reason);
                    }
                })
                .get();
        assertThat(pings.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ends).hasValue(0);
        socket.abort();
    }

    @Test
    void whoDoesNotAnswerIsLetGo() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String all = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all).startsWith("HTTP/1.1 101 ").contains("no answer");
        }
    }
}
