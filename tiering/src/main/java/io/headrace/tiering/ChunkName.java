/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The checked name of a chunk: 1 to {@value #MAX_SEGMENTS} segments, separated by {@code /}. A segment may contain any
 * character, but for storage each byte of its UTF-8 form that is not a letter, a digit, {@code -}, {@code _} or {@code .},
 * and a {@code .} at its beginning, is written as {@code %} and two upper-case hexadecimal digits. So written a segment
 * has at most {@value #MAX_SEGMENT_LENGTH} characters, the whole name at most {@value #MAX_LENGTH}.
 *
 * <p>Nothing that starts with {@code .} is the name of a chunk in any storage. Names that differ in case only should not
 * be used: some file systems do not tell them apart.
 *
 * @param name as the caller knows it
 * @param segments as the storage knows them, escaped
 */
public record ChunkName(String name, List<String> segments) {
    public static final int MAX_SEGMENTS = 16;
    static final int MAX_SEGMENT_LENGTH = 200;
    static final int MAX_LENGTH = 800;

    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    private static final String HEX = "0123456789ABCDEF";

    public ChunkName {
        segments = List.copyOf(segments);
    }

    /**
     * Checks a name.
     *
     * @throws StorageException BAD_REQUEST if this is not one
     */
    public static ChunkName of(String name) {
        return new ChunkName(name, escaped("chunk name", name));
    }

    /**
     * Segments, escaped, of a prefix to list.
     *
     * @throws StorageException BAD_REQUEST if the prefix is neither empty nor ends with {@code /}
     */
    public static List<String> ofPrefix(String prefix) {
        if (prefix.isEmpty()) {
            return List.of();
        }
        if (!prefix.endsWith("/")) {
            throw bad("prefix", prefix, "it must be empty or end with /");
        }
        return escaped("prefix", prefix.substring(0, prefix.length() - 1));
    }

    /** The name, as the storage knows it: escaped segments, separated by {@code /}. */
    public String path() {
        return String.join("/", segments);
    }

    /** The escaped segments but the last. */
    public List<String> directory() {
        return segments.subList(0, segments.size() - 1);
    }

    /** The last escaped segment. */
    public String last() {
        return segments.get(segments.size() - 1);
    }

    /**
     * The segment behind an escaped one.
     *
     * @return empty if this class does not write segments so: it is something else that lies in the storage
     */
    public static String unescape(String escaped) {
        byte[] bytes = new byte[escaped.length()];
        int length = 0;
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%' && i + 2 < escaped.length()) {
                bytes[length++] =
                        (byte) ((HEX.indexOf(escaped.charAt(i + 1)) << 4) + HEX.indexOf(escaped.charAt(i + 2)));
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        String segment = new String(bytes, 0, length, StandardCharsets.UTF_8);
        return escaped.equals(escape(segment.getBytes(StandardCharsets.UTF_8))) ? segment : "";
    }

    private static List<String> escaped(String what, String name) {
        List<String> segments = new ArrayList<>();
        int length = -1;
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty()) {
                throw bad(what, name, "it has an empty segment");
            }
            String escaped = escape(utf8(what, name, segment));
            if (escaped.length() > MAX_SEGMENT_LENGTH) {
                throw bad(what, name, "a segment has more than " + MAX_SEGMENT_LENGTH + " characters when escaped");
            }
            segments.add(escaped);
            length += 1 + escaped.length();
        }
        if (segments.size() > MAX_SEGMENTS) {
            throw bad(what, name, "it has more than " + MAX_SEGMENTS + " segments");
        }
        if (length > MAX_LENGTH) {
            throw bad(what, name, "it has more than " + MAX_LENGTH + " characters when escaped");
        }
        return segments;
    }

    private static byte[] utf8(String what, String name, String segment) {
        try {
            var bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(segment));
            byte[] utf8 = new byte[bytes.remaining()];
            bytes.get(utf8);
            return utf8;
        } catch (CharacterCodingException e) {
            throw bad(what, name, "it has half a surrogate pair");
        }
    }

    private static String escape(byte[] segment) {
        StringBuilder escaped = new StringBuilder(segment.length);
        for (byte b : segment) {
            char c = (char) (b & 0xFF);
            if (PLAIN.indexOf(c) >= 0 || (c == '.' && !escaped.isEmpty())) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return escaped.toString();
    }

    private static StorageException bad(String what, String name, String why) {
        return new StorageException(
                StorageException.Kind.BAD_REQUEST,
                "\"" + name + "\" is no " + what + ": " + why + "; use another name");
    }
}
