/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.name;

/** Which names users and the system itself may give, and how internal streams are called. */
public final class Names {
    /** Scope of the system's own streams. */
    public static final String SYSTEM_SCOPE = "_system";

    /** Most characters in the name of a user's stream, table, reader group, reader or writer. */
    public static final int MAX_USER_NAME = 250;

    /** Most characters in the name of a scope, or of a stream with its internal prefix. */
    public static final int MAX_NAME = 255;

    private static final String READER_GROUP = "_RG";
    private static final String MARK = "_MARK";

    /** No stream has a name with this at its end, so that a table and a stream may have the same name. */
    private static final String TABLE_SUFFIX = "_kvtable";

    private Names() {}

    /** Whether a user may give this name to a stream, table, reader group, reader or writer. */
    public static boolean isUserName(String name) {
        return name.length() <= MAX_USER_NAME && isPlain(name, 0);
    }

    /** Whether this is a name of an internal stream, such as that of a reader group or of a stream's watermarks. */
    public static boolean isInternalName(String name) {
        if (name.length() > MAX_NAME || !name.startsWith("_")) {
            return false;
        }
        // The watermarks of an internal stream have two prefixes.
        int prefix = name.startsWith(MARK + "_") ? MARK.length() + 1 : 1;
        return isPlain(name, prefix);
    }

    /** Whether a stream may have this name: a user's or an internal one. */
    public static boolean isStreamName(String name) {
        return isUserName(name) || isInternalName(name);
    }

    /** Whether a scope may have this name. */
    public static boolean isScopeName(String name) {
        return name.length() <= MAX_NAME && isPlain(name, name.startsWith("_") ? 1 : 0);
    }

    /** The stream that holds the state of a reader group. */
    public static String readerGroupStream(String group) {
        return READER_GROUP + group;
    }

    public static boolean isReaderGroupStream(String stream) {
        return stream.startsWith(READER_GROUP);
    }

    /** The stream that holds the watermarks of a stream. */
    public static String markStream(String stream) {
        return MARK + stream;
    }

    public static boolean isMarkStream(String stream) {
        return stream.startsWith(MARK);
    }

    /** What stands for a key-value table where its segments are named like those of a stream. */
    public static String tableStream(String table) {
        return table + TABLE_SUFFIX;
    }

    /** One or more letters, digits, dots and hyphens from {@code from} to the end. */
    private static boolean isPlain(String name, int from) {
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-') {
                return false;
            }
        }
        return name.length() > from;
    }
}
