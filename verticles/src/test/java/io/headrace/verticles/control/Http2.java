/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of HTTP/2 as it takes to do what no client would. */
final class Http2 {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;

    private Http2() {}

    /** A connection's first bytes, without a call. */
    static byte[] beginning() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
        frame(out, SETTINGS, 0, 0, new byte[0]);
        return out.toByteArray();
    }

    /** A connection's first bytes, with an empty call of checkScopeExists as stream 1. */
    static byte[] request(String authority) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(beginning());
        frame(out, HEADERS, 4, 1, headers(authority));
        frame(out, 0, 1, 1, new byte[5]);
        return out.toByteArray();
    }

    /** The header fields of a call of checkScopeExists. */
    static byte[] headers(String authority) {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        headers.write(0x83); // :method POST
        headers.write(0x86); // :scheme http
        header(headers, 4, "/io.pravega.controller.stream.api.grpc.v1.ControllerService/checkScopeExists");
        header(headers, 1, authority);
        header(headers, 31, "application/grpc");
        return headers.toByteArray();
    }

    /** A literal field, not indexed, whose name is an entry of the static table. */
    private static void header(ByteArrayOutputStream out, int name, String value) {
        if (name < 15) {
            out.write(name);
        } else {
            out.write(15);
            out.write(name - 15);
        }
        out.write(value.length());
        out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(new byte[] {
            0, (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream
        });
        out.writeBytes(payload);
    }

    /** Type of the first frame that the server sends on a stream. */
    static int firstFrameOfStream(Socket socket, int stream) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int of = in.readInt();
            in.readFully(new byte[length]);
            if (of == stream) {
                return type;
            }
        }
    }
}
