/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Strings as {@link java.io.DataOutput#writeUTF} lays them out, without the length in front: NUL takes two bytes, and a
 * character outside of the basic plane is written as its two surrogates of three bytes each.
 */
public final class ModifiedUtf8 {
    /** Most encoded bytes of a string. */
    static final int MAX_BYTES = 0xFFFF;

    private ModifiedUtf8() {}

    /** Encoded size of {@code text}, in bytes. */
    public static long sizeOf(String text) {
        long size = 0;
        for (int i = 0; i < text.length(); i++) {
            size += sizeOf(text.charAt(i));
        }
        return size;
    }

    /** The longest start of {@code text} that can be encoded. */
    static String cut(String text) {
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            size += sizeOf(text.charAt(i));
            if (size > MAX_BYTES) {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** Writes {@code text}, of which {@code size} is the encoded size. */
    public static void write(ByteBuf out, String text, int size) {
        if (size == text.length()) {
            out.writeCharSequence(text, StandardCharsets.US_ASCII);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (sizeOf(c)) {
                case 1 -> out.writeByte(c);
                case 2 -> {
                    out.writeByte(0xC0 | c >> 6);
                    out.writeByte(0x80 | (c & 0x3F));
                }
                default -> {
                    out.writeByte(0xE0 | c >> 12);
                    out.writeByte(0x80 | (c >> 6 & 0x3F));
                    out.writeByte(0x80 | (c & 0x3F));
                }
            }
        }
    }

    /**
     * Reads {@code size} bytes, of which the caller knows that they are there. Forms that are longer or shorter than need
     * be are refused, so that what was read can be written again in the same space.
     */
    public static String read(ByteBuf in, int size) {
        byte[] bytes = new byte[size];
        in.readBytes(bytes);
        int ascii = 0;
        while (ascii < size && bytes[ascii] > 0) {
            ascii++;
        }
        return ascii == size ? new String(bytes, StandardCharsets.ISO_8859_1) : decode(bytes);
    }

    private static String decode(byte[] bytes) {
        char[] chars = new char[bytes.length];
        int count = 0;
        int at = 0;
        while (at < bytes.length) {
            int first = bytes[at] & 0xFF;
            char c;
            if (first < 0x80) {
                c = (char) first;
            } else if (first >> 5 == 0b110) {
                c = (char) ((first & 0x1F) << 6 | continuation(bytes, at + 1));
            } else if (first >> 4 == 0b1110) {
                c = (char) ((first & 0x0F) << 12 | continuation(bytes, at + 1) << 6 | continuation(bytes, at + 2));
            } else {
                throw malformed(at);
            }
            int size = sizeOf(c);
            if (size != (first < 0x80 ? 1 : first < 0xE0 ? 2 : 3)) {
                throw malformed(at);
            }
            chars[count++] = c;
            at += size;
        }
        return new String(chars, 0, count);
    }

    private static int continuation(byte[] bytes, int at) {
        if (at >= bytes.length || (bytes[at] & 0xC0) != 0x80) {
            throw malformed(at);
        }
        return bytes[at] & 0x3F;
    }

    private static WireFormatException malformed(int at) {
        return new WireFormatException("a string is not modified UTF-8 at its byte " + at);
    }

    private static int sizeOf(char c) {
        if (c != 0 && c < 0x80) {
            return 1;
        }
        return c < 0x800 ? 2 : 3;
    }
}
