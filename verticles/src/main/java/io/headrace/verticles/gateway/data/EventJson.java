/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Event;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Events in JSON: {@code text} if the bytes are UTF-8, {@code base64} if not. */
final class EventJson {
    static final String TEXT = "text";
    static final String BASE64 = "base64";
    static final String POSITION = "position";

    private EventJson() {}

    static JsonObject of(Event<byte[]> event) {
        return put(new JsonObject(), event.value()).put(POSITION, Places.of(event.position()));
    }

    static JsonObject put(JsonObject json, byte[] bytes) {
        String text = text(bytes);
        return text == null ? json.put(BASE64, Base64.getEncoder().encodeToString(bytes)) : json.put(TEXT, text);
    }

    /** The bytes as text; null if they are none. */
    static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
