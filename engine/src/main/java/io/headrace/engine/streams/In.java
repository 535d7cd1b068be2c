/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** Reads what {@link Out} wrote. Anything that cannot be is reported as {@link IllegalStateException}. */
final class In {
    private final ByteBuf buffer;

    In(ByteBuf buffer) {
        this.buffer = buffer;
    }

    boolean hasMore() {
        return buffer.isReadable();
    }

    int byteValue() {
        return buffer.readUnsignedByte();
    }

    boolean bool() {
        return buffer.readBoolean();
    }

    int int32() {
        return buffer.readInt();
    }

    long int64() {
        return buffer.readLong();
    }

    double float64() {
        return buffer.readDouble();
    }

    UUID uuid() {
        return new UUID(int64(), int64());
    }

    String string() {
        int length = count(1);
        String value = buffer.toString(buffer.readerIndex(), length, StandardCharsets.UTF_8);
        buffer.skipBytes(length);
        return value;
    }

    StreamName stream() {
        return new StreamName(string(), string());
    }

    StreamCut cut() {
        return new StreamCut(longs());
    }

    SortedMap<Long, Long> longs() {
        TreeMap<Long, Long> values = new TreeMap<>();
        for (int left = count(16); left > 0; left--) {
            values.put(int64(), int64());
        }
        return values;
    }

    List<SegmentRange> segments() {
        return list(in -> new SegmentRange(in.int64(), in.float64(), in.float64()));
    }

    <T> List<T> list(Function<In, T> reader) {
        int count = count(1);
        List<T> values = new ArrayList<>(count);
        for (int left = count; left > 0; left--) {
            values.add(reader.apply(this));
        }
        return values;
    }

    <E extends Enum<E>> E constant(E[] constants) {
        int index = byteValue();
        if (index >= constants.length) {
            throw new IllegalStateException("a row holds the unknown constant " + index);
        }
        return constants[index];
    }

    /** A count of things of at least {@code size} bytes each, checked against the bytes left. */
    private int count(int size) {
        int count = buffer.readInt();
        if (count < 0 || (long) count * size > buffer.readableBytes()) {
            throw new IllegalStateException("a row holds the impossible count " + count);
        }
        return count;
    }
}
