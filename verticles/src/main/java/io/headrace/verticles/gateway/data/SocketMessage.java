/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.NumberedWriter;
import io.headrace.client.OutOfSequenceException;
import io.headrace.client.ReadFrom;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.Body;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The fields of what comes over a WebSocket, and of what is answered. */
final class SocketMessage {
    private static final int MAX_ID_LENGTH = 64;
    private static final int MIN_LEASE_SECONDS = 10;
    private static final int MAX_LEASE_SECONDS = 600;
    private static final int DEFAULT_LEASE_SECONDS = 30;

    private final Body body;

    /** What a binary message is about, and its event; null for one in JSON, which has all in its body. */
    private final @Nullable SocketOp coded;

    private final byte @Nullable [] event;

    private SocketMessage(Body body, @Nullable SocketOp coded, byte @Nullable [] event) {
        this.body = body;
        this.coded = coded;
        this.event = event;
    }

    static SocketMessage parse(String text) {
        return new SocketMessage(Body.parse(text), null, null);
    }

    /** Parses a message of the binary protocol; see {@link SocketFormat}. */
    static SocketMessage parse(Buffer bytes) {
        if (bytes.length() < SocketFormat.HEADER_BYTES) {
            throw ProblemException.badRequest(
                    "a message has at least " + SocketFormat.HEADER_BYTES + " bytes, not " + bytes.length());
        }
        if (bytes.getUnsignedByte(0) != SocketFormat.VERSION) {
            throw ProblemException.badRequest(
                    "the version must be " + SocketFormat.VERSION + ", not " + bytes.getUnsignedByte(0));
        }
        SocketOp op = SocketOp.coded(bytes.getUnsignedByte(1));
        if (op == null) {
            throw ProblemException.badField("op", "has no code " + bytes.getUnsignedByte(1));
        }
        long fields = bytes.getUnsignedInt(2);
        if (fields > bytes.length() - SocketFormat.HEADER_BYTES) {
            throw ProblemException.badRequest(
                    "fields of " + fields + " bytes do not fit into a message of " + bytes.length());
        }
        int end = SocketFormat.HEADER_BYTES + (int) fields;
        Body body = Body.parse(bytes.getString(SocketFormat.HEADER_BYTES, end, StandardCharsets.UTF_8.name()));
        return new SocketMessage(body, op, bytes.getBytes(end, bytes.length()));
    }

    /** By what the peer knows the answer; an empty text if it does not say. */
    String id() {
        String id = body.textOr("id", "");
        if (id.length() > MAX_ID_LENGTH) {
            throw ProblemException.badField("id", "has " + id.length() + " characters, more than " + MAX_ID_LENGTH);
        }
        return id;
    }

    SocketOp op() {
        SocketOp op = coded;
        if (op != null) {
            if (body.has("op") || body.has(EventJson.TEXT) || body.has(EventJson.BASE64)) {
                throw ProblemException.badRequest("op, text and base64 are no fields of a binary message");
            }
            if (op != SocketOp.PUBLISH && event != null && event.length > 0) {
                throw ProblemException.badRequest(op.text() + " has no event");
            }
        } else {
            String name = body.text("op");
            op = SocketOp.named(name);
            if (op == null) {
                throw ProblemException.badField("op", "is \"" + name + "\"; it can be " + SocketOp.names());
            }
        }
        body.only(op.fields());
        return op;
    }

    StreamName stream() {
        return stream("stream", body.text("stream"));
    }

    private static StreamName stream(String field, String name) {
        try {
            return StreamName.of(name);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badField(field, "cannot be used: " + e.getMessage());
        }
    }

    @Nullable
    String key() {
        return body.has("key") ? body.text("key") : null;
    }

    /** What is to be stored. */
    byte[] event() {
        if (event != null) {
            return event;
        }
        List<String> given = List.of(EventJson.TEXT, EventJson.BASE64).stream()
                .filter(body::has)
                .toList();
        if (given.size() != 1) {
            throw ProblemException.badField(EventJson.TEXT, "or base64 must have the event, one of them");
        }
        String text = body.text(given.get(0));
        if (given.get(0).equals(EventJson.TEXT)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badField(EventJson.BASE64, "is none: " + e.getMessage());
        }
    }

    boolean hasProducer() {
        boolean has = body.has("producer");
        if (has != body.has("sequence")) {
            throw ProblemException.badField("sequence", "and producer go together");
        }
        return has;
    }

    String producer() {
        return body.text("producer");
    }

    long sequence() {
        return body.number("sequence", 1, NumberedWriter.MAX_SEQUENCE);
    }

    boolean hasTransaction() {
        boolean has = body.has("transaction");
        if (has && (body.has("stream") || body.has("producer"))) {
            throw ProblemException.badField("transaction", "has its stream, and no producers");
        }
        return has;
    }

    UUID transaction() {
        String text = body.text("transaction");
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw ProblemException.badField("transaction", "is none: use what came with begun");
    }

    Duration lease() {
        return Duration.ofSeconds(
                body.has("lease") ? body.number("lease", MIN_LEASE_SECONDS, MAX_LEASE_SECONDS) : DEFAULT_LEASE_SECONDS);
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

    /** Scope and name of a reader group. */
    StreamName group() {
        return stream("group", body.text("group"));
    }

    /** The name of a reader; null if the peer does not care. */
    @Nullable
    String reader() {
        return body.has("reader") ? body.text("reader") : null;
    }

    /** What a group reads that is to be made if there is none; none if it must be there. */
    List<StreamName> streams() {
        SortedSet<String> names = body.texts("streams");
        return names.stream().map(name -> stream("streams", name)).toList();
    }

    boolean takesOver() {
        return body.flag("takeover");
    }

    /** How far a member of a group has come, as it came with an event. */
    String position() {
        return body.text(EventJson.POSITION);
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

    /** Says which number is the next one, too. */
    static JsonObject problem(String id, OutOfSequenceException cause) {
        return answer("error", id)
                .put("status", 409)
                .put("field", "sequence")
                .put("last", cause.last())
                .put("detail", cause.getMessage());
    }
}
