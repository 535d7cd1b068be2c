/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How messages are written on a WebSocket, which its sub-protocol says. The binary one has events as they are:
 *
 * <pre>
 * u8   1, the version
 * u8   code of the op
 * u32  length of the fields, in bytes; big-endian
 * ...  the fields of the JSON protocol but op, text and base64: a JSON object in UTF-8; nothing stands for {}
 * ...  the event, if the message has one: all that is left
 * </pre>
 */
enum SocketFormat {
    JSON("headrace.json.v1") {
        @Override
        SocketFrame frame(JsonObject message) {
            return new SocketFrame.Text(message.encode());
        }

        @Override
        SocketFrame frame(JsonObject message, byte[] event) {
            return frame(EventJson.put(message, event));
        }
    },

    BINARY("headrace.binary.v1") {
        @Override
        SocketFrame frame(JsonObject message) {
            return frame(message, new byte[0]);
        }

        @Override
        SocketFrame frame(JsonObject message, byte[] event) {
            JsonObject fields = message.copy();
            Integer code = SocketOp.answers().get(String.valueOf(fields.remove("op")));
            if (code == null) {
                throw new IllegalArgumentException("no code for the answer " + message);
            }
            byte[] header = fields.encode().getBytes(StandardCharsets.UTF_8);
            return new SocketFrame.Binary(Buffer.buffer(HEADER_BYTES + header.length + event.length)
                    .appendUnsignedByte(VERSION)
                    .appendUnsignedByte((short) (int) code)
                    .appendInt(header.length)
                    .appendBytes(header)
                    .appendBytes(event));
        }
    };

    static final byte VERSION = 1;
    static final int HEADER_BYTES = 6;

    private final String subProtocol;

    SocketFormat(String subProtocol) {
        this.subProtocol = subProtocol;
    }

    String subProtocol() {
        return subProtocol;
    }

    /** What a WebSocket may name as its protocol. */
    static List<String> subProtocols() {
        return List.of(JSON.subProtocol, BINARY.subProtocol);
    }

    /** The one that was agreed upon; JSON if none was. */
    static SocketFormat of(@Nullable String subProtocol) {
        return BINARY.subProtocol.equals(subProtocol) ? BINARY : JSON;
    }

    abstract SocketFrame frame(JsonObject message);

    abstract SocketFrame frame(JsonObject message, byte[] event);
}
