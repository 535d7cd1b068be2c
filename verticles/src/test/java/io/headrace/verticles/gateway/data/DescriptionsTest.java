/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.codecs.name.Slots;
import io.headrace.verticles.gateway.AdminApi;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The descriptions of what is served describe that, and their examples are what they say. */
final class DescriptionsTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final JsonObject openApi = new JsonObject(Descriptions.text("openapi.json"));
    private final JsonObject asyncApi = new JsonObject(Descriptions.text("asyncapi.json"));

    @Test
    void everyRouteIsDescribedAndNothingElse() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (HeadraceClient client = HeadraceClient.connect(URI.create("tcp://127.0.0.1:1"))) {
            Router router = Router.router(vertx);
            DataApi.mount(router, vertx, client, DataOptions.DEFAULT);
            AdminApi.mount(router, vertx, Partitions.ofScopes(new int[Slots.COUNT]));
            Set<String> served = new TreeSet<>();
            for (Route route : router.getRoutes()) {
                String path =
                        Pattern.compile(":([a-z]+)").matcher(route.getPath()).replaceAll("{$1}");
                for (HttpMethod method : Objects.requireNonNullElse(route.methods(), Set.<HttpMethod>of())) {
                    served.add(method.name() + " " + path);
                }
            }
            Set<String> described = new TreeSet<>();
            JsonObject paths = openApi.getJsonObject("paths");
            for (String path : paths.fieldNames()) {
                paths.getJsonObject(path).fieldNames().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path));
                assertThat(parameters(paths.getJsonObject(path)))
                        .as(path)
                        .isEqualTo(Pattern.compile("\\{([a-z]+)}")
                                .matcher(path)
                                .results()
                                .map(found -> found.group(1))
                                .collect(Collectors.toSet()));
            }
            assertThat(described).isEqualTo(served);
        } finally {
            var unused = vertx.close().await(60, TimeUnit.SECONDS);
        }
    }

    private static Set<String> parameters(JsonObject path) {
        return path.getJsonArray("parameters", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .filter(parameter -> parameter.getString("in").equals("path"))
                .map(parameter -> parameter.getString("name"))
                .collect(Collectors.toSet());
    }

    @Test
    void examplesOfHttpAreValid() {
        List<JsonObject> contents = new ArrayList<>();
        collect(openApi, contents);
        assertThat(contents).hasSizeGreaterThan(20);
        for (JsonObject content : contents) {
            check(openApi, content.getJsonObject("schema"), content.getValue("example"), content.encode());
        }
    }

    /** Everything that has a schema and an example. */
    private static void collect(Object json, List<JsonObject> found) {
        if (json instanceof JsonObject object) {
            if (object.containsKey("schema") && object.containsKey("example")) {
                found.add(object);
            }
            object.forEach(entry -> collect(entry.getValue(), found));
        } else if (json instanceof JsonArray array) {
            array.forEach(element -> collect(element, found));
        }
    }

    @Test
    void everyMessageIsDescribedAndExamplesAreRead() {
        JsonObject messages = asyncApi.getJsonObject("components").getJsonObject("messages");
        Set<String> answers = new TreeSet<>();
        Set<String> ops = new TreeSet<>();
        for (String key : messages.fieldNames()) {
            JsonObject message = messages.getJsonObject(key);
            JsonObject example =
                    message.getJsonArray("examples").getJsonObject(0).getJsonObject("payload");
            JsonObject schema = message.getJsonObject("payload");
            check(asyncApi, schema, example, key);
            SocketOp op = SocketOp.named(key);
            if (op == null) {
                answers.add(message.getString("name"));
                assertThat(SocketFormat.BINARY.frame(example)).isNotNull();
            } else {
                ops.add(key);
                assertThat(schema.getJsonObject("properties").fieldNames())
                        .as(key)
                        .isEqualTo(op.fields());
                SocketMessage read = SocketMessage.parse(example.encode());
                assertThat(read.op()).isEqualTo(op);
                SocketMessageTest.read(read);
            }
        }
        assertThat(answers).isEqualTo(SocketOp.answers().keySet());
        assertThat(ops).hasSize(SocketOp.values().length);
    }

    /** The part of JSON Schema that is used here. */
    private static void check(JsonObject document, JsonObject schema, Object value, String where) {
        String reference = schema.getString("$ref");
        if (reference != null) {
            JsonObject named = document;
            for (String step : reference.substring("#/".length()).split("/", -1)) {
                named = named.getJsonObject(step);
            }
            check(document, named, value, where);
            return;
        }
        if (schema.containsKey("const")) {
            assertThat(value).as(where).isEqualTo(schema.getValue("const"));
        }
        if (schema.containsKey("enum")) {
            assertThat(schema.getJsonArray("enum")).as(where).contains(value);
        }
        switch (schema.getString("type", "")) {
            case "object" -> checkObject(document, schema, value, where);
            case "array" -> {
                assertThat(value).as(where).isInstanceOf(JsonArray.class);
                ((JsonArray) value).forEach(item -> check(document, schema.getJsonObject("items"), item, where));
            }
            case "string" -> assertThat(value).as(where).isInstanceOf(String.class);
            case "boolean" -> assertThat(value).as(where).isInstanceOf(Boolean.class);
            case "integer" -> {
                assertThat(value).as(where).isInstanceOfAny(Integer.class, Long.class);
                assertThat(((Number) value).longValue())
                        .as(where)
                        .isBetween(
                                schema.getLong("minimum", Long.MIN_VALUE), schema.getLong("maximum", Long.MAX_VALUE));
            }
            default ->
                assertThat(schema.containsKey("const")).as(where + schema).isTrue();
        }
    }

    private static void checkObject(JsonObject document, JsonObject schema, Object value, String where) {
        assertThat(value).as(where).isInstanceOf(JsonObject.class);
        JsonObject object = (JsonObject) value;
        JsonObject properties = schema.getJsonObject("properties", new JsonObject());
        schema.getJsonArray("required", new JsonArray()).forEach(name -> assertThat(object.containsKey((String) name))
                .as(where + name)
                .isTrue());
        for (String name : object.fieldNames()) {
            if (properties.containsKey(name)) {
                check(document, properties.getJsonObject(name), object.getValue(name), where + "." + name);
            } else {
                assertThat(schema.getBoolean("additionalProperties", true))
                        .as(where + "." + name)
                        .isTrue();
            }
        }
    }
}
