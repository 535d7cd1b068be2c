/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Writes the fields of durable rows. All numbers are big-endian; a count or a length is an i32; a string is its length in
 * bytes and UTF-8; a boolean is one byte.
 */
final class Out {
    private final ByteBuf buffer;

    Out(ByteBuf buffer) {
        this.buffer = buffer;
    }

    Out byteValue(int value) {
        buffer.writeByte(value);
        return this;
    }

    Out bool(boolean value) {
        buffer.writeByte(value ? 1 : 0);
        return this;
    }

    Out int32(int value) {
        buffer.writeInt(value);
        return this;
    }

    Out int64(long value) {
        buffer.writeLong(value);
        return this;
    }

    Out float64(double value) {
        buffer.writeDouble(value);
        return this;
    }

    Out uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    Out string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        buffer.writeInt(bytes.length);
        buffer.writeBytes(bytes);
        return this;
    }

    Out stream(StreamName value) {
        return string(value.scope()).string(value.stream());
    }

    Out cut(StreamCut value) {
        return longs(value.offsets());
    }

    Out longs(SortedMap<Long, Long> values) {
        int32(values.size());
        values.forEach((key, value) -> int64(key).int64(value));
        return this;
    }

    Out segments(Collection<SegmentRange> values) {
        return list(values, (out, s) -> out.int64(s.id()).float64(s.low()).float64(s.high()));
    }

    <T> Out list(Collection<T> values, BiConsumer<Out, T> writer) {
        int32(values.size());
        values.forEach(value -> writer.accept(this, value));
        return this;
    }
}
