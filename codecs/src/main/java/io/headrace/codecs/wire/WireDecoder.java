/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;

/** Turns the payload of a frame into its command. */
public final class WireDecoder {
    private WireDecoder() {}

    /**
     * Reads a command. Bytes behind the fields that are known are ignored, and so are trailing fields that are missing
     * but optional; both is how the protocol grows.
     *
     * @param type the type code of the frame's header
     * @param payload the whole payload; its reader index moves. The command may hold slices of it, which are not
     *     retained: it is valid as long as the payload is
     * @throws WireFormatException if there is no such command or the payload is not one
     */
    public static WireCommand decode(int type, ByteBuf payload) {
        return Codecs.byCode(type).read(new FieldReader(payload));
    }
}
