/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administration of the packaged server over HTTP. Each test has a scope of its own. */
final class AdminApiIT {
    private static final String FIXED = """
            {"streamName": "a", "scalingPolicy": {"type": "FIXED_NUM_SEGMENTS", "minSegments": 2}}""";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path temporary;

    private static ServerProcess server;
    private static String address;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.standalone(temporary, temporary.resolve("data"));
        address = server.awaitReady().http();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static JsonObject answer(int status, String method, String path, String body) throws Exception {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonObject(response.body());
    }

    private static JsonObject get(String path) throws Exception {
        return answer(200, "GET", path, "");
    }

    private static void nothing(String method, String path) throws Exception {
        HttpResponse<String> response = send(method, path, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    private static void problem(int status, String detail, String method, String path, String body) throws Exception {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(new JsonObject(response.body()).getString("detail")).contains(detail);
    }

    private static void scope(String name) throws Exception {
        answer(201, "POST", "/v1/scopes", "{\"scopeName\": \"" + name + "\"}");
    }

    private static List<String> names(JsonArray array, String field) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            names.add(array.getJsonObject(i).getString(field));
        }
        return names;
    }

    @Test
    void scopes() throws Exception {
        scope("one");
        scope("another");
        assertThat(get("/v1/scopes/one").getString("scopeName")).isEqualTo("one");
        assertThat(names(get("/v1/scopes").getJsonArray("scopes"), "scopeName")).contains("one", "another");
        problem(409, "already", "POST", "/v1/scopes", "{\"scopeName\": \"one\"}");
        problem(400, "letters, digits", "POST", "/v1/scopes", "{\"scopeName\": \"a b\"}");
        answer(201, "POST", "/v1/scopes/one/streams", FIXED);
        problem(412, "not empty", "DELETE", "/v1/scopes/one", "");
        nothing("DELETE", "/v1/scopes/another");
        problem(404, "no scope another", "GET", "/v1/scopes/another", "");
        problem(404, "no scope another", "DELETE", "/v1/scopes/another", "");
    }

    @Test
    void listsThatHaveEndedSaySo() throws Exception {
        scope("paged");
        JsonObject page = get("/v1/scopes");
        assertThat(names(page.getJsonArray("scopes"), "scopeName")).contains("paged");
        assertThat(page.containsKey("continuationToken")).isFalse();
        JsonObject after = get("/v1/scopes?continuationToken=0/paged");
        assertThat(names(after.getJsonArray("scopes"), "scopeName")).doesNotContain("_system", "paged");
        assertThat(get("/v1/scopes/paged/streams").containsKey("continuationToken"))
                .isFalse();
        problem(400, "no continuationToken", "GET", "/v1/scopes?continuationToken=x", "");
    }

    @Test
    void aStreamsLife() throws Exception {
        scope("life");
        JsonObject created = answer(201, "POST", "/v1/scopes/life/streams", FIXED);
        assertThat(created.getString("scopeName")).isEqualTo("life");
        assertThat(created.getString("streamName")).isEqualTo("a");
        assertThat(get("/v1/scopes/life/streams/a")).isEqualTo(created);
        problem(409, "already", "POST", "/v1/scopes/life/streams", FIXED);
        assertThat(get("/v1/scopes/life/streams/a/scaling").getJsonArray("segments"))
                .hasSize(2);

        String changed = """
                {"scalingPolicy": {"type": "BY_RATE_IN_EVENTS_PER_SEC", "targetRate": 100, "scaleFactor": 2, "minSegments": 2},
                 "retentionPolicy": {"type": "LIMITED_DAYS", "timeBasedRetention": {"days": 1, "hours": 2, "minutes": 3}},
                 "streamTags": ["red", "blue"]}""";
        JsonObject updated = answer(200, "PUT", "/v1/scopes/life/streams/a", changed);
        assertThat(get("/v1/scopes/life/streams/a")).isEqualTo(updated);
        assertThat(updated.getJsonObject("scalingPolicy").getInteger("targetRate"))
                .isEqualTo(100);
        assertThat(updated.getJsonArray("tags")).containsExactly("blue", "red");
        assertThat(updated.getJsonObject("retentionPolicy")).isEqualTo(new JsonObject("""
                        {"type": "LIMITED_DAYS", "value": 1, "timeBasedRetention": {"days": 1, "hours": 2, "minutes": 3}}"""));

        problem(412, "not sealed", "DELETE", "/v1/scopes/life/streams/a", "");
        problem(400, "only become SEALED", "PUT", "/v1/scopes/life/streams/a/state", "{\"streamState\": \"OPEN\"}");
        answer(200, "PUT", "/v1/scopes/life/streams/a/state", "{\"streamState\": \"SEALED\"}");
        nothing("DELETE", "/v1/scopes/life/streams/a");
        problem(404, "no stream life/a", "GET", "/v1/scopes/life/streams/a", "");
        problem(404, "no stream life/a", "DELETE", "/v1/scopes/life/streams/a", "");
        problem(404, "no stream life/a", "GET", "/v1/scopes/life/streams/a/scaling", "");
    }

    @Test
    void listsOfStreams() throws Exception {
        scope("lists");
        for (String name : List.of("a", "b", "c")) {
            answer(
                    201,
                    "POST",
                    "/v1/scopes/lists/streams",
                    new JsonObject(FIXED)
                            .put("streamName", name)
                            .put("streamTags", name.equals("b") ? List.of("tagged") : List.of())
                            .encode());
        }
        String path = "/v1/scopes/lists/streams";
        assertThat(names(get(path).getJsonArray("streams"), "streamName")).containsExactly("a", "b", "c");
        assertThat(names(get(path + "?showInternalStreams=true").getJsonArray("streams"), "streamName"))
                .contains("a", "_MARKa");
        assertThat(names(get(path + "?filter_type=showInternalStreams").getJsonArray("streams"), "streamName"))
                .containsExactly("_MARKa", "_MARKb", "_MARKc");
        JsonArray tagged = get(path + "?filter_type=tag&filter_value=tagged").getJsonArray("streams");
        assertThat(names(tagged, "streamName")).containsExactly("b");
        assertThat(get("/v1/scopes/lists/readergroups").getJsonArray("readerGroups"))
                .isEmpty();
        problem(404, "no reader group lists/g", "GET", "/v1/scopes/lists/readergroups/g", "");
        problem(400, "filter_type", "GET", path + "?filter_type=colour", "");
        problem(404, "no scope none", "GET", "/v1/scopes/none/streams", "");
        problem(404, "no scope none", "GET", "/v1/scopes/none/readergroups", "");
    }

    @Test
    void mistakesAreTold() throws Exception {
        scope("mistakes");
        String path = "/v1/scopes/mistakes/streams";
        problem(400, "not a JSON object", "POST", path, "{");
        problem(400, "not a JSON object", "POST", path, "[]");
        problem(400, "streamName must be a text", "POST", path, "{}");
        problem(400, "scalingPolicy is missing", "POST", path, "{\"streamName\": \"a\"}");
        problem(400, "known are", "POST", path, "{\"streamNmae\": \"a\"}");
        String policy = "{\"streamName\": \"a\", \"scalingPolicy\": {\"type\": ";
        problem(400, "scalingPolicy.type is \"X\"; it can be", "POST", path, policy + "\"X\"}}");
        problem(
                400,
                "scalingPolicy.minSegments",
                "POST",
                path,
                policy + "\"FIXED_NUM_SEGMENTS\", \"minSegments\": -1}}");
        problem(
                400,
                "scalingPolicy.minSegments",
                "POST",
                path,
                policy + "\"FIXED_NUM_SEGMENTS\", \"minSegments\": 1.5}}");
        problem(400, "from 1 to 10000", "POST", path, policy + "\"FIXED_NUM_SEGMENTS\"}}");
        String retention =
                "\"FIXED_NUM_SEGMENTS\", \"minSegments\": 1}, \"retentionPolicy\": {\"type\": \"LIMITED_SIZE_MB\"";
        problem(400, "not below", "POST", path, policy + retention + ", \"value\": 2, \"maxValue\": 1}}");
        problem(413, "at most 65536 bytes", "POST", path, " ".repeat(70_000));
        problem(405, "PATCH", "PATCH", path, "");
        problem(404, "nothing at this path", "GET", "/v2", "");
        assertThat(statusLine("/v1/scopes/s/streams/%5/scaling")).isEqualTo("HTTP/1.1 400 Bad Request");
        assertThat(get(path).getJsonArray("streams")).isEmpty();
    }

    /** Of the answer to a request that no client library sends. */
    private static String statusLine(String path) throws Exception {
        URI uri = URI.create("http://" + address);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStreamReader answer = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
            return new BufferedReader(answer).readLine();
        }
    }
}
