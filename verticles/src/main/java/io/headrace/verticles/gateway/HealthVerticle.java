/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /health/live} and {@code GET /health/ready} with 200 if all checks hold, else 503, and with JSON
 * that names each check: {@code {"status":"UP","checks":{"partitions":"UP"}}}.
 */
public final class HealthVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(HealthVerticle.class);
    private static final String UP = "UP";
    private static final String DOWN = "DOWN";
    private static final int IDLE_SECONDS = 60;

    private final String host;
    private final int requestedPort;
    private final Map<String, BooleanSupplier> live;
    private final Map<String, BooleanSupplier> ready;
    private volatile int port;

    /**
     * A server that is not started yet.
     *
     * @param host address to bind
     * @param port 0 for any that is free
     * @param live whether the process works at all, by name; asked on an event loop, so they must not block
     * @param ready whether it serves clients; the same
     */
    public HealthVerticle(
            String host, int port, Map<String, BooleanSupplier> live, Map<String, BooleanSupplier> ready) {
        this.host = host;
        this.requestedPort = port;
        this.live = new TreeMap<>(live);
        this.ready = new TreeMap<>(ready);
    }

    @Override
    public Future<?> start() {
        // Without an idle time-out every client that goes away silently would stay.
        return vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS))
                .requestHandler(this::handle)
                .listen(requestedPort, host)
                .onSuccess(server -> port = server.actualPort());
    }

    /** The port that is listened on, once deployed. */
    public int port() {
        return port;
    }

    private void handle(HttpServerRequest request) {
        Map<String, BooleanSupplier> checks =
                switch (request.path()) {
                    case "/health/live" -> live;
                    case "/health/ready" -> ready;
                    default -> null;
                };
        HttpServerResponse response = request.response();
        if (checks == null) {
            end(response.setStatusCode(404));
        } else if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            end(response.setStatusCode(405).putHeader("allow", "GET, HEAD"));
        } else {
            JsonObject report = report(checks);
            response.setStatusCode(report.getString("status").equals(UP) ? 200 : 503)
                    .putHeader("content-type", "application/json")
                    .putHeader("cache-control", "no-store");
            var unused = response.end(report.toBuffer());
        }
    }

    private static JsonObject report(Map<String, BooleanSupplier> checks) {
        JsonObject results = new JsonObject();
        boolean all = true;
        for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
            boolean holds = holds(check.getKey(), check.getValue());
            results.put(check.getKey(), holds ? UP : DOWN);
            all &= holds;
        }
        return new JsonObject().put("status", all ? UP : DOWN).put("checks", results);
    }

    private static boolean holds(String name, BooleanSupplier check) {
        try {
            return check.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.warn("health check {} failed", name, e);
            return false;
        }
    }

    private static void end(HttpServerResponse response) {
        var unused = response.end();
    }
}
