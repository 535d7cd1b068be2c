/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.name.Slots;
import io.headrace.verticles.gateway.AdminApi;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who announces a body sends it, or makes room for others. */
@Timeout(120)
final class RequestBodyTest {
    private static final int MAX_BYTES = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private int port;

    @BeforeEach
    void listen() throws Exception {
        Promise<HttpServer> listening = Promise.promise();
        vertx.getOrCreateContext().runOnContext(nothing -> {
            Router router = Router.router(vertx);
            RequestBody bodies = new RequestBody(new ByteBudget(MAX_BYTES), MAX_BYTES, 200);
            router.post("/v1/echo").handler(context -> {
                try {
                    bodies.read(context, Future::succeededFuture)
                            .onSuccess(body -> context.response().end(body))
                            .onFailure(context::fail);
                } catch (RuntimeException e) {
                    context.fail(e);
                }
            });
            AdminApi.mount(router, vertx, Partitions.ofScopes(new int[Slots.COUNT]));
            vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .onComplete(listening);
        });
        port = listening.future().await(60, TimeUnit.SECONDS).actualPort();
    }

    @AfterEach
    void end() throws Exception {
        var unused = vertx.close().await(60, TimeUnit.SECONDS);
    }

    private Socket send(String headers, String body) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(("POST /v1/echo HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** All up to the end of the connection. */
    private static String answer(Socket socket) throws Exception {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUpAndOthersComeIn() throws Exception {
        try (Socket silent = send("Content-Length: 1000", "half");
                Socket behind = send("Content-Length: 4\r\nConnection: close", "here")) {
            assertThat(answer(silent))
                    .startsWith("HTTP/1.1 408 ")
                    .contains("application/problem+json")
                    .contains("the body did not come");
            assertThat(answer(behind)).startsWith("HTTP/1.1 200 ").endsWith("here");
        }
    }

    @Test
    void lengthsAreToldAndBounded() throws Exception {
        try (Socket unknown = send("Connection: close", "");
                Socket large = send("Content-Length: 1001\r\nConnection: close", "x".repeat(1_001))) {
            assertThat(answer(unknown)).startsWith("HTTP/1.1 411 ").contains("application/problem+json");
            assertThat(answer(large)).startsWith("HTTP/1.1 413 ").contains("at most 1000 bytes");
        }
    }
}
