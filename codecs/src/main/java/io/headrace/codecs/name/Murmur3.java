/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

/** MurmurHash3, the x64 variant with 128 bits, seeded with a sign-extended 64-bit starting state. */
final class Murmur3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final int BLOCK_BYTES = 16;

    private Murmur3() {}

    /** The two halves of a digest; as bytes, each is low byte first. */
    record Digest(long first, long second) {}

    /** Hashes the UTF-16 code units of {@code text}, each as two bytes with the low byte first. */
    static Digest hash(String text, long seed) {
        byte[] units = new byte[text.length() * 2];
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            units[2 * i] = (byte) c;
            units[2 * i + 1] = (byte) (c >>> 8);
        }
        return hash(units, seed);
    }

    static Digest hash(byte[] data, long seed) {
        long h1 = seed;
        long h2 = seed;
        int blocksEnd = data.length - data.length % BLOCK_BYTES;
        for (int i = 0; i < blocksEnd; i += BLOCK_BYTES) {
            h1 ^= mixFirst(littleEndian(data, i, 8));
            h1 = Long.rotateLeft(h1, 27) + h2;
            h1 = h1 * 5 + 0x52dce729;
            h2 ^= mixSecond(littleEndian(data, i + 8, 8));
            h2 = Long.rotateLeft(h2, 31) + h1;
            h2 = h2 * 5 + 0x38495ab5;
        }
        int left = data.length - blocksEnd;
        if (left > 8) {
            h2 ^= mixSecond(littleEndian(data, blocksEnd + 8, left - 8));
        }
        if (left > 0) {
            h1 ^= mixFirst(littleEndian(data, blocksEnd, Math.min(left, 8)));
        }
        h1 ^= data.length;
        h2 ^= data.length;
        h1 += h2;
        h2 += h1;
        h1 = avalanche(h1);
        h2 = avalanche(h2);
        h1 += h2;
        h2 += h1;
        return new Digest(h1, h2);
    }

    private static long mixFirst(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long mixSecond(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long avalanche(long h) {
        long x = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return x ^ (x >>> 33);
    }

    private static long littleEndian(byte[] data, int from, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (data[from + i] & 0xff);
        }
        return value;
    }
}
