/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.versioned;

import io.headrace.codecs.wire.ModifiedUtf8;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes the fields of a versioned object. Compact numbers take as few bytes as they can. */
public final class VersionedWriter {
    static final int FORMAT = 0;

    /** Largest value of {@link #compactInt}. */
    public static final int MAX_COMPACT_INT = (1 << 30) - 2;

    /** Largest value of {@link #compactLong}. */
    public static final long MAX_COMPACT_LONG = (1L << 62) - 2;

    /** Largest value of {@link #compactSignedLong}; its negative is the smallest. */
    public static final long MAX_COMPACT_SIGNED_LONG = (1L << 61) - 2;

    private static final int MAX_UTF = 0xFFFF;

    private final ByteBuf out;

    private VersionedWriter(ByteBuf out) {
        this.out = out;
    }

    /** Writes an object; each of {@code revisions} writes the fields of one, the first of number 0. */
    @SafeVarargs
    public static void write(ByteBuf out, int version, Consumer<VersionedWriter>... revisions) {
        out.writeByte(FORMAT).writeByte(version).writeByte(revisions.length);
        VersionedWriter writer = new VersionedWriter(out);
        for (int id = 0; id < revisions.length; id++) {
            out.writeByte(id);
            int lengthAt = out.writerIndex();
            out.writeInt(0);
            revisions[id].accept(writer);
            out.setInt(lengthAt, out.writerIndex() - lengthAt - Integer.BYTES);
        }
    }

    /** The buffer itself, for an object within this one. */
    public ByteBuf buffer() {
        return out;
    }

    public VersionedWriter i8(int value) {
        out.writeByte(value);
        return this;
    }

    public VersionedWriter bool(boolean value) {
        out.writeBoolean(value);
        return this;
    }

    public VersionedWriter i32(int value) {
        out.writeInt(value);
        return this;
    }

    public VersionedWriter i64(long value) {
        out.writeLong(value);
        return this;
    }

    public VersionedWriter f64(double value) {
        out.writeDouble(value);
        return this;
    }

    public VersionedWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    /** A text of at most 65,535 encoded bytes. */
    public VersionedWriter utf(String value) {
        long size = ModifiedUtf8.sizeOf(value);
        if (size > MAX_UTF) {
            throw new IllegalArgumentException("a text of " + size + " bytes is too long");
        }
        out.writeShort((int) size);
        ModifiedUtf8.write(out, value, (int) size);
        return this;
    }

    /** A number from 0 to {@link #MAX_COMPACT_INT}. */
    public VersionedWriter compactInt(int value) {
        check(value, 0, MAX_COMPACT_INT);
        if (value < 1 << 7) {
            return i8(value);
        }
        if (value < 1 << 14) {
            out.writeShort(0x8000 | value);
            return this;
        }
        return i32(0xC000_0000 | value);
    }

    /** A number from 0 to {@link #MAX_COMPACT_LONG}. */
    public VersionedWriter compactLong(long value) {
        check(value, 0, MAX_COMPACT_LONG);
        if (value < 1 << 6) {
            return i8((int) value);
        }
        if (value < 1 << 14) {
            out.writeShort(0x4000 | (int) value);
            return this;
        }
        if (value < 1 << 30) {
            return i32(0x8000_0000 | (int) value);
        }
        return i64(0xC000_0000_0000_0000L | value);
    }

    /** A number whose amount is at most {@link #MAX_COMPACT_SIGNED_LONG}. */
    public VersionedWriter compactSignedLong(long value) {
        check(value, -MAX_COMPACT_SIGNED_LONG, MAX_COMPACT_SIGNED_LONG);
        int sign = value < 0 ? 1 : 0;
        long amount = value < 0 ? -value - 1 : value;
        if (amount < 1 << 5) {
            return i8(sign << 7 | (int) amount);
        }
        if (amount < 1 << 13) {
            out.writeShort(sign << 15 | 0x2000 | (int) amount);
            return this;
        }
        if (amount < 1 << 29) {
            return i32(sign << 31 | 0x4000_0000 | (int) amount);
        }
        return i64((long) sign << 63 | 0x6000_0000_0000_0000L | amount);
    }

    /** The number of entries, then each entry. */
    public <K, V> VersionedWriter map(Map<K, V> map, BiConsumer<K, V> entry) {
        compactInt(map.size());
        map.forEach(entry);
        return this;
    }

    private static void check(long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is not within " + min + " and " + max);
        }
    }
}
