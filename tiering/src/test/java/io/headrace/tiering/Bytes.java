/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.util.Arrays;

/** Bytes that differ at each offset and for each seed, so that a part that is missing or misplaced shows. */
public final class Bytes {
    private Bytes() {}

    public static byte[] of(long seed, int length) {
        return of(seed, 0, length);
    }

    /** The part from {@code offset} on. */
    public static byte[] of(long seed, long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(seed, offset + i);
        }
        return bytes;
    }

    private static byte at(long seed, long offset) {
        long mixed = ((offset >>> 3) + seed * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (byte) ((mixed ^ (mixed >>> 29)) >>> (8 * (offset & 7)));
    }

    static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
