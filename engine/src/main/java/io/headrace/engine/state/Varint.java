/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import io.netty.buffer.ByteBuf;

/** Variable-length integers in base 128, lowest group first: small values take few bytes. */
public final class Varint {
    private Varint() {}

    /** Writes 64 bits as an unsigned number: 1 byte below 128, at most 10. */
    public static void write(ByteBuf out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    public static long read(ByteBuf in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte group = in.readByte();
            value |= (long) (group & 0x7F) << shift;
            if (group >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number of the snapshot has more than 64 bits");
    }

    /** Writes a number that may be negative: zigzag, so that small absolute values stay short. */
    public static void writeSigned(ByteBuf out, long value) {
        write(out, (value << 1) ^ (value >> 63));
    }

    public static long readSigned(ByteBuf in) {
        long value = read(in);
        return (value >>> 1) ^ -(value & 1);
    }
}
