/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Guesses who has called here by mistake, from the first bytes of a connection. */
final class ForeignProtocol {
    private static final List<String> HTTP_METHODS =
            List.of("GET ", "PUT ", "POST", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC");

    private ForeignProtocol() {}

    /**
     * What the eight bytes look like that should have been the header of a frame.
     *
     * @param type the first four bytes
     * @param length the next four
     */
    static String describe(int type, int length, int controllerPort) {
        String text = text(type);
        if (text.equals("PRI ")) {
            return "it looks like HTTP/2 (a gRPC client?): the controller port is "
                    + (controllerPort == 0 ? "another one" : controllerPort);
        }
        if (HTTP_METHODS.contains(text)) {
            return "it looks like HTTP: this port speaks the store's wire protocol only";
        }
        if (type >>> 16 == 0x1603) {
            return "it looks like TLS: this port is not encrypted";
        }
        return "unknown command " + type + " with length " + Integer.toUnsignedString(length);
    }

    private static String text(int bytes) {
        byte[] four = {(byte) (bytes >>> 24), (byte) (bytes >>> 16), (byte) (bytes >>> 8), (byte) bytes};
        return new String(four, StandardCharsets.ISO_8859_1);
    }
}
