/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The serializers that come with the client. */
public final class Serializers {
    private Serializers() {}

    /** Text as UTF-8, without a length. What is no UTF-8 is read as replacement characters. */
    public static Serializer<String> utf8() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(String event) {
                return event.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String deserialize(ByteBuffer bytes) {
                return StandardCharsets.UTF_8.decode(bytes).toString();
            }
        };
    }

    /** Bytes as they are. */
    public static Serializer<byte[]> bytes() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(byte[] event) {
                return event.clone();
            }

            @Override
            public byte[] deserialize(ByteBuffer bytes) {
                byte[] event = new byte[bytes.remaining()];
                bytes.get(event);
                return event;
            }
        };
    }
}
