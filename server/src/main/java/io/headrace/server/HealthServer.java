/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.verticles.gateway.HttpAnswers;
import io.headrace.verticles.gateway.ScalingResource;
import io.headrace.verticles.net.ConnectionLimit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.Predicate;
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

    /**
     * Listens.
     *
     * @param connections more are refused
     * @param report asked on the event loop for each request; must not block
     * @param others answers requests for other paths; false for those that it does not know
     */
    static Future<HttpServer> listen(
            Vertx vertx,
            String host,
            int port,
            int connections,
            Supplier<Report> report,
            Predicate<HttpServerRequest> others) {
        ConnectionLimit limit = new ConnectionLimit("HTTP", connections);
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                // Whether it is HTTP/2 shows with the first bytes only: until then the connection would not be counted.
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> accept(connection, limit))
                .requestHandler(request -> answer(request, report, others))
                .listen();
    }

    private static void accept(HttpConnection connection, ConnectionLimit limit) {
        if (limit.enter(connection.remoteAddress())) {
            connection.closeHandler(nothing -> limit.leave());
        } else {
            var unused = connection.close();
        }
    }

    private static void answer(
            HttpServerRequest request, Supplier<Report> report, Predicate<HttpServerRequest> others) {
        if ("/health".equals(request.path())) {
            if (HttpAnswers.isRead(request)) {
                Report now = report.get();
                HttpAnswers.json(request, now.healthy() ? 200 : 503, now.details());
            }
        } else if (!others.test(request)) {
            HttpAnswers.problem(request, 404, "there are only /health and " + ScalingResource.PATH + " here");
        }
    }
}
