/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.debug.DebugPages;
import io.headrace.server.metrics.Metrics;
import io.headrace.verticles.gateway.HttpAnswers;
import io.headrace.verticles.gateway.data.DataApi;
import io.headrace.verticles.gateway.data.DataOptions;
import io.headrace.verticles.net.ConnectionLimit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;

/**
 * Answers {@code GET /health}: 200 when everything serves, 503 when something does not, with the details as JSON. {@code
 * /health/ready} says the same without details, {@code /health/live} that the process answers, {@code /metrics} all numbers, and
 * {@code /debug} to programs on this machine what the JVM does.
 */
final class HealthServer {
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final int IDLE_SECONDS = 60;

    /** Who is that much over the bound on messages in one frame can be told so; who is further over it cannot. */
    private static final int FRAME_SLACK_BYTES = 64 << 10;

    /**
     * What {@code /health} says.
     *
     * @param healthy false makes the answer a 503
     */
    record Report(boolean healthy, JsonObject details) {}

    private HealthServer() {}

    /** How the HTTP port speaks. */
    static HttpServerOptions options(String host, int port, DataOptions data) {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                // Whether it is HTTP/2 shows with the first bytes only: until then the connection would not be counted.
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_HEADER_BYTES)
                .setWebSocketSubProtocols(DataApi.SUB_PROTOCOLS)
                // Some clients send a message in one frame, however large it is.
                .setMaxWebSocketFrameSize(data.maxMessageBytes() + FRAME_SLACK_BYTES)
                .setMaxWebSocketMessageSize(data.maxMessageBytes());
    }

    /**
     * Listens.
     *
     * @param connections more are refused
     * @param router has the other paths
     * @param report asked on the event loop for each request; must not block
     * @param metrics all numbers as text; asked on a worker thread
     */
    static Future<HttpServer> listen(
            Vertx vertx,
            HttpServerOptions options,
            int connections,
            Router router,
            Supplier<Report> report,
            Supplier<String> metrics) {
        ConnectionLimit limit = new ConnectionLimit("HTTP", connections);
        router.get("/health").handler(context -> {
            Report now = report.get();
            HttpAnswers.json(context.request(), now.healthy() ? 200 : 503, now.details());
        });
        router.get("/health/ready").handler(context -> {
            boolean ready = report.get().healthy();
            HttpAnswers.json(
                    context.request(),
                    ready ? 200 : 503,
                    new JsonObject().put("status", ready ? "ready" : "not ready"));
        });
        router.get("/health/live")
                .handler(context -> HttpAnswers.json(context.request(), 200, new JsonObject().put("status", "live")));
        router.get("/metrics").handler(context -> vertx.executeBlocking(metrics::get)
                .onSuccess(text -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, Metrics.CONTENT_TYPE)
                        .end(text))
                .onFailure(context::fail));
        DebugPages.mount(router, vertx, Version.current());
        router.errorHandler(
                404, context -> HttpAnswers.problem(context.request(), 404, "there is nothing at this path"));
        router.errorHandler(
                405,
                context -> HttpAnswers.problem(
                        context.request(),
                        405,
                        "this path does not know the method "
                                + context.request().method()));
        router.errorHandler(400, context -> HttpAnswers.problem(context.request(), 400, "the path cannot be decoded"));
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> accept(connection, limit))
                .requestHandler(router)
                .listen();
    }

    private static void accept(HttpConnection connection, ConnectionLimit limit) {
        if (limit.enter(connection.remoteAddress())) {
            connection.closeHandler(nothing -> limit.leave());
        } else {
            var unused = connection.close();
        }
    }
}
