/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Event;
import io.headrace.verticles.gateway.data.Places;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** Prints events, one on each line. What is printed is held back until {@link #flush}, or until it is much. */
final class EventOutput {

    /** How an event is printed. */
    enum Format {
        /** The bytes as they are. */
        TEXT,
        /** An object: {@code text}, or {@code base64} if it is no UTF-8; where it is stored, where to go on behind it. */
        JSON,
        HEX,
        BASE64
    }

    private static final int HELD_BYTES = 32 << 10;

    private final Console console;
    private final Format format;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    EventOutput(Console console, Format format) {
        this.console = console;
        this.format = format;
    }

    void print(Event<byte[]> event) {
        byte[] line =
                switch (format) {
                    case TEXT -> event.value();
                    case HEX -> ascii(HexFormat.of().formatHex(event.value()));
                    case BASE64 -> ascii(Base64.getEncoder().encodeToString(event.value()));
                    case JSON -> json(event).encode().getBytes(StandardCharsets.UTF_8);
                };
        held.writeBytes(line);
        held.write('\n');
        if (held.size() >= HELD_BYTES) {
            flush();
        }
    }

    /** @throws ClosedOutputException if nobody reads it any more */
    void flush() {
        console.out().write(held.toByteArray(), 0, held.size());
        held.reset();
        console.checkOpen();
    }

    private static JsonObject json(Event<byte[]> event) {
        return put(new JsonObject(), "text", event.value())
                .put("pointer", event.pointer().toString())
                .put("position", Places.of(event.position()));
    }

    /** Adds bytes under this name if they are UTF-8, and as {@code base64} if not. */
    static JsonObject put(JsonObject json, String name, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return json.put(name, text);
        } catch (CharacterCodingException e) {
            return json.put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
