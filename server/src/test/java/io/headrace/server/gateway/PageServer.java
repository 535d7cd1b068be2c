/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A web site that is not that of the server under test: pages and scripts, which are resources beside this class, what they are
 * to know ({@code /config}), and a place where they tell what they have seen ({@code /result}).
 */
final class PageServer implements AutoCloseable {
    private final HttpServer server;
    private final CompletableFuture<JsonObject> result = new CompletableFuture<>();
    private volatile JsonObject config = new JsonObject();
    private volatile Runnable cut = () -> {};

    PageServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param whenCut called when a page asks for its connections to be cut */
    void tell(JsonObject known, Runnable whenCut) {
        config = known;
        cut = whenCut;
    }

    /** What the page has told. */
    CompletableFuture<JsonObject> result() {
        return result;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/config" ->
                    send(exchange, "application/json", config.encode().getBytes(StandardCharsets.UTF_8));
                case "/cut" -> {
                    cut.run();
                    send(exchange, "text/plain", new byte[0]);
                }
                case "/result" -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    result.complete(new JsonObject(new String(body, StandardCharsets.UTF_8)));
                    send(exchange, "text/plain", new byte[0]);
                }
                default -> send(exchange, path.endsWith(".html") ? "text/html" : "text/javascript", resource(path));
            }
        }
    }

    private static byte @Nullable [] resource(String path) throws IOException {
        try (InputStream in = PageServer.class.getResourceAsStream(path.substring(1))) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private static void send(HttpExchange exchange, String type, byte @Nullable [] body) throws IOException {
        if (body == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
