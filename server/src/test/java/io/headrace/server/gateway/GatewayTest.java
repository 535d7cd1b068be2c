/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server for all tests of a class, a scope for each, and a client of HTTP that knows nothing of Headrace. */
abstract class GatewayTest {
    /** How long what will happen may take. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path data;

    static TestServer server;

    final String scope = "scope-" + UUID.randomUUID();

    @BeforeAll
    static void startServer() {
        server = TestServer.in(data);
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @BeforeEach
    void createScope() throws Exception {
        assertStatus(201, post("/v1/scopes", "{\"scopeName\": \"" + scope + "\"}"));
    }

    void createStream(String name, int segments) throws Exception {
        String body = new JsonObject()
                .put("streamName", name)
                .put(
                        "scalingPolicy",
                        new JsonObject().put("type", "FIXED_NUM_SEGMENTS").put("minSegments", segments))
                .encode();
        assertStatus(201, post("/v1/scopes/" + scope + "/streams", body));
    }

    void seal(String name) throws Exception {
        HttpRequest request = request("/v1/scopes/" + scope + "/streams/" + name + "/state")
                .PUT(BodyPublishers.ofString("{\"streamState\": \"SEALED\"}"))
                .build();
        assertStatus(200, HTTP.send(request, BodyHandlers.ofString()));
    }

    String events(String stream) {
        return "/v1/scopes/" + scope + "/streams/" + stream + "/events";
    }

    static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.http() + path)).timeout(PATIENCE);
    }

    static HttpResponse<String> post(String path, String body) throws Exception {
        return post(path, BodyPublishers.ofString(body));
    }

    static HttpResponse<String> post(String path, BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request = request(path).POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    static JsonObject get(String path) throws Exception {
        HttpResponse<String> response = HTTP.send(request(path).build(), BodyHandlers.ofString());
        assertStatus(200, response);
        return new JsonObject(response.body());
    }

    static void assertStatus(int status, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    }

    /** Bytes that the store has sent to its clients, of which the HTTP port is one. */
    static long bytesRead() throws Exception {
        return get("/health").getJsonObject("store").getLong("bytesSent");
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("did not happen within " + PATIENCE)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
