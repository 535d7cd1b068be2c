/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.ReadFrom;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.Body;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of what comes and goes over a WebSocket. Each message is a JSON object. */
final class SocketMessage {
    private static final Set<String> PUBLISH = Set.of("op", "id", "stream", "key", EventJson.TEXT, EventJson.BASE64);
    private static final Set<String> SUBSCRIBE = Set.of("op", "id", "stream", "from", "permits");
    private static final Set<String> PERMIT = Set.of("op", "id", "permits");
    private static final Set<String> UNSUBSCRIBE = Set.of("op", "id");

    private static final int MAX_ID_LENGTH = 64;

    private final Body body;

    private SocketMessage(Body body) {
        this.body = body;
    }

    static SocketMessage parse(String text) {
        return new SocketMessage(Body.parse(text));
    }

    /** By what the peer knows the answer; an empty text if it does not say. */
    String id() {
        String id = body.textOr("id", "");
        if (id.length() > MAX_ID_LENGTH) {
            throw ProblemException.badField("id", "has " + id.length() + " characters, more than " + MAX_ID_LENGTH);
        }
        return id;
    }

    String op() {
        String op = body.text("op");
        body.only(
                switch (op) {
                    case "publish" -> PUBLISH;
                    case "subscribe" -> SUBSCRIBE;
                    case "permit" -> PERMIT;
                    case "unsubscribe" -> UNSUBSCRIBE;
                    default ->
                        throw ProblemException.badField(
                                "op", "is \"" + op + "\"; it can be publish, subscribe, permit or unsubscribe");
                });
        return op;
    }

    StreamName stream() {
        String name = body.text("stream");
        try {
            return StreamName.of(name);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badField("stream", "cannot be used: " + e.getMessage());
        }
    }

    @Nullable
    String key() {
        return body.has("key") ? body.text("key") : null;
    }

    /** What is to be stored. */
    byte[] event() {
        List<String> given = List.of(EventJson.TEXT, EventJson.BASE64).stream()
                .filter(body::has)
                .toList();
        if (given.size() != 1) {
            throw ProblemException.badField(EventJson.TEXT, "or base64 must have the event, one of them");
        }
        String event = body.text(given.get(0));
        if (given.get(0).equals(EventJson.TEXT)) {
            return event.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(event);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badField(EventJson.BASE64, "is none: " + e.getMessage());
        }
    }

    ReadFrom from(StreamName stream) {
        try {
            return Places.parse(stream, body.textOr("from", "latest"));
        } catch (IllegalArgumentException e) {
            throw ProblemException.badField("from", "cannot be used: " + e.getMessage());
        }
    }

    long permits() {
        return body.number("permits", 0, Integer.MAX_VALUE);
    }

    static JsonObject answer(String op, String id) {
        return new JsonObject().put("op", op).put("id", id);
    }

    static JsonObject problem(String id, ProblemException problem) {
        JsonObject error = answer("error", id).put("status", problem.status());
        if (problem.field() != null) {
            error.put("field", problem.field());
        }
        return error.put("detail", problem.getMessage());
    }
}
