/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HealthVerticleTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicBoolean serving = new AtomicBoolean();
    private final HealthVerticle health =
            new HealthVerticle("127.0.0.1", 0, Map.of(), Map.of("partitions", serving::get, "broken", () -> {
                if (!serving.get()) {
                    throw new IllegalStateException("no");
                }
                return true;
            }));

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private HttpResponse<String> request(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + health.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void readinessFollowsItsChecks() throws Exception {
        await(vertx.deployVerticle(health));
        assertThat(request("GET", "/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> notReady = request("GET", "/health/ready");
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(new JsonObject(notReady.body()))
                .isEqualTo(new JsonObject(
                        "{'status':'DOWN','checks':{'broken':'DOWN','partitions':'DOWN'}}".replace('\'', '"')));
        serving.set(true);
        HttpResponse<String> ready = request("GET", "/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void nothingElseIsServed() throws Exception {
        await(vertx.deployVerticle(health));
        assertThat(request("GET", "/").statusCode()).isEqualTo(404);
        assertThat(request("POST", "/health/live").statusCode()).isEqualTo(405);
    }
}
