/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Key-value tables over HTTP. */
final class TablesTest extends GatewayTest {

    private String tables() {
        return "/v1/scopes/" + scope + "/kvtables";
    }

    private String entry(String table, String key) {
        return tables() + "/" + table + "/entries/" + key;
    }

    private void createTable(String name, int keyBytes, int secondaryKeyBytes) throws Exception {
        JsonObject body = new JsonObject()
                .put("keyValueTableName", name)
                .put("partitions", 2)
                .put("primaryKeyBytes", keyBytes)
                .put("secondaryKeyBytes", secondaryKeyBytes);
        assertStatus(201, post(tables(), body.encode()));
        assertStatus(409, post(tables(), body.encode()));
    }

    private static HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
            throws Exception {
        HttpRequest.Builder request = request(path).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> put(String path, String value, String... headers) throws Exception {
        return send("PUT", path, BodyPublishers.ofString(value), headers);
    }

    private static HttpResponse<String> read(String path, String... headers) throws Exception {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    private static HttpResponse<String> delete(String path, String... headers) throws Exception {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    private static String tag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }

    @Test
    void tablesAreMadeListedAndDeleted() throws Exception {
        createTable("stock", 5, 0);
        assertThat(get(tables() + "/stock").getInteger("primaryKeyBytes")).isEqualTo(5);
        assertThat(get(tables()).getJsonArray("keyValueTables"))
                .isEqualTo(new JsonArray().add(new JsonObject().put("keyValueTableName", "stock")));
        assertStatus(204, put(entry("stock", "apple"), "12"));
        assertStatus(204, delete(tables() + "/stock"));
        assertStatus(404, delete(tables() + "/stock"));
        assertStatus(404, read(entry("stock", "apple")));
        createTable("stock", 3, 0);
        assertStatus(404, read(entry("stock", "fig")));
        assertStatus(204, put(entry("stock", "fig"), "1"));
    }

    @Test
    void changesDependOnVersions() throws Exception {
        createTable("stock", 5, 0);
        String apple = entry("stock", "apple");
        HttpResponse<String> first = put(apple, "12", "If-None-Match", "*");
        assertStatus(204, first);
        assertStatus(412, put(apple, "13", "If-None-Match", "*"));
        HttpResponse<String> found = read(apple);
        assertThat(found.body()).isEqualTo("12");
        assertThat(tag(found)).isEqualTo(tag(first));
        assertStatus(304, read(apple, "If-None-Match", tag(first)));
        HttpResponse<String> second = put(apple, "11", "If-Match", tag(first));
        assertStatus(204, second);
        assertThat(tag(second)).isNotEqualTo(tag(first));
        assertStatus(412, put(apple, "10", "If-Match", tag(first)));
        assertThat(read(apple, "If-None-Match", tag(first)).body()).isEqualTo("11");
        assertStatus(412, delete(apple, "If-Match", tag(first)));
        assertStatus(204, delete(apple, "If-Match", tag(second)));
        assertStatus(404, read(apple));
        assertStatus(204, delete(apple));
        for (String wrong : List.of("12", "\"x\"", "\"1:-2\"", "W/\"0:1\"", "*")) {
            assertStatus(400, put(apple, "1", "If-Match", wrong));
        }
        assertStatus(400, put(apple, "1", "If-None-Match", tag(first)));
    }

    @Test
    void pagesFollowEachOther() throws Exception {
        createTable("stock", 3, 2);
        List<String> all = new ArrayList<>();
        for (int i : IntStream.range(0, 60).toArray()) {
            String key = "k%02d".formatted(i / 4);
            String secondary = "s" + i % 4;
            assertStatus(204, put(entry("stock", key) + "?secondary=" + secondary, "value " + i));
            all.add(key + secondary);
        }
        List<String> read = new ArrayList<>();
        String after = "";
        do {
            JsonObject page = get(tables() + "/stock/entries?limit=7&after=" + after);
            keys(page, read);
            after = page.getString("next", "");
        } while (!after.isEmpty());
        assertThat(read).isEqualTo(all);
        List<String> some = new ArrayList<>();
        keys(get(tables() + "/stock/entries?from=k03&to=k05"), some);
        assertThat(some).isEqualTo(all.subList(12, 24));
        some.clear();
        keys(get(tables() + "/stock/entries?prefix=k1"), some);
        assertThat(some).isEqualTo(all.subList(40, 60));
        assertStatus(400, read(tables() + "/stock/entries?limit=0"));
        assertStatus(400, read(tables() + "/stock/entries?after=nothing"));
        assertStatus(400, read(tables() + "/stock/entries?from=toolongakey"));
    }

    private static void keys(JsonObject page, List<String> to) {
        page.getJsonArray("entries").stream()
                .map(JsonObject.class::cast)
                .forEach(entry -> to.add(entry.getString("key") + entry.getString("secondary")));
    }

    @Test
    void mistakesAreProblems() throws Exception {
        createTable("stock", 5, 0);
        for (HttpResponse<String> wrong : List.of(
                put(entry("stock", "toolong"), "1"),
                put(entry("stock", "apple") + "?secondary=x", "1"),
                post(tables(), "{\"keyValueTableName\": \"x\", \"partitions\": 0, \"primaryKeyBytes\": 1}"),
                post(tables(), "{\"keyValueTableName\": \"a b\", \"partitions\": 1, \"primaryKeyBytes\": 1}"),
                post(tables(), "{\"name\": \"x\"}"))) {
            assertStatus(400, wrong);
            assertProblem(wrong);
        }
        assertStatus(404, put(entry("none", "apple"), "1"));
        assertStatus(413, put(entry("stock", "apple"), "x".repeat((1 << 20) + 1)));
        HttpResponse<String> method = send("PATCH", entry("stock", "apple"), BodyPublishers.ofString("x"));
        assertStatus(405, method);
        assertProblem(method);
        HttpResponse<String> type = post("/v1/scopes", BodyPublishers.ofString("<scope/>"), "Content-Type", "text/xml");
        assertStatus(415, type);
        assertProblem(type);
        HttpResponse<String> path = read("/v1/nothing");
        assertStatus(404, path);
        assertProblem(path);
        assertThat(get("/v1/openapi.json").getString("openapi")).isEqualTo("3.1.0");
        assertThat(get("/v1/asyncapi.json").getString("asyncapi")).isEqualTo("3.0.0");
    }

    private static void assertProblem(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(new JsonObject(response.body()).getInteger("status")).isEqualTo(response.statusCode());
    }
}
