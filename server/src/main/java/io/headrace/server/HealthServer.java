/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** Answers {@code GET /health}: 200 when everything serves, 503 when something does not, with the details as JSON. */
final class HealthServer {
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final int IDLE_SECONDS = 60;

    /**
     * What {@code /health} says.
     *
     * @param healthy false makes the answer a 503
     */
    record Report(boolean healthy, JsonObject details) {}

    private HealthServer() {}

    /** Listens; {@code report} is asked on the event loop for each request and must not block. */
    static Future<HttpServer> listen(Vertx vertx, String host, int port, Supplier<Report> report) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        return vertx.createHttpServer(options)
                .requestHandler(request -> answer(request, report))
                .listen();
    }

    private static void answer(HttpServerRequest request, Supplier<Report> report) {
        boolean read =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!"/health".equals(request.path())) {
            end(request, 404, new JsonObject().put("error", "there is only /health here"));
        } else if (!read) {
            request.response().putHeader("Allow", "GET, HEAD");
            end(request, 405, new JsonObject().put("error", "/health can only be read"));
        } else {
            Report now = report.get();
            end(request, now.healthy() ? 200 : 503, now.details());
        }
    }

    private static void end(HttpServerRequest request, int status, JsonObject body) {
        String text = body.encodePrettily() + "\n";
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store");
        if (request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Content-Length", Integer.toString(text.length()));
            request.response().end();
        } else {
            request.response().end(text);
        }
    }
}
