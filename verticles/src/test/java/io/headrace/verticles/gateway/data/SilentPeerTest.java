/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
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
import java.util.concurrent.Semaphore;
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

    /** No time passes but that which a test lets pass. */
    private static final DataOptions OPTIONS = DataOptions.DEFAULT.withPingMillis(TimeUnit.DAYS.toMillis(1));

    private final Context context = vertx.getOrCreateContext();

    private record Served(DataApi api, int port) {}

    private Served served;

    @BeforeEach
    void listen() throws Exception {
        Promise<Served> listening = Promise.promise();
        context.runOnContext(nothing -> {
            Router router = Router.router(vertx);
            DataApi api = DataApi.mount(router, vertx, client, OPTIONS);
            vertx.createHttpServer(new HttpServerOptions().setWebSocketClosingTimeout(1))
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .map(server -> new Served(api, server.actualPort()))
                    .onComplete(listening);
        });
        served = listening.future().await(60, TimeUnit.SECONDS);
    }

    /** Lets the time between two pings pass. */
    private void tick() {
        context.runOnContext(nothing -> served.api().tick());
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        var unused = vertx.close().await(60, TimeUnit.SECONDS);
    }

    @Test
    void whoAnswersStays() throws Exception {
        Semaphore pings = new Semaphore(0);
        AtomicInteger ends = new AtomicInteger();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + served.port() + "/v1/socket"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
                        pings.release();
                        return WebSocket.Listener.super.onPing(from, message);
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                        ends.incrementAndGet();
                        return WebSocket.Listener.super.onClose(from, status, reason);
                    }
                })
                .get(60, TimeUnit.SECONDS);
        for (int i = 0; i < 20; i++) {
            tick();
            assertThat(pings.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ends).hasValue(0);
        socket.abort();
    }

    @Test
    void whoDoesNotAnswerIsLetGo() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            socket.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String response = "";
            while (!response.endsWith("\r\n\r\n")) {
                int next = in.read();
                assertThat(next).isNotNegative();
                response += (char) next;
            }
            assertThat(response).startsWith("HTTP/1.1 101 ");
            for (int i = 0; i < 6; i++) {
                tick();
            }
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("no answer");
        }
    }
}
