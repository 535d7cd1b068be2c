/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import java.util.function.Function;

/** Buffers on the one side, byte arrays on the other. */
final class Bytes {
    private Bytes() {}

    static byte[] written(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    /** @throws IllegalArgumentException if the bytes are not {@code what} they should be */
    static <T> T read(String what, byte[] bytes, Function<ByteBuf, T> reader) {
        try {
            return reader.apply(Unpooled.wrappedBuffer(bytes));
        } catch (WireFormatException e) {
            throw new IllegalArgumentException("these bytes are no " + what + ": " + e.getMessage(), e);
        }
    }
}
