/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.SegmentName;
import java.util.UUID;
import java.util.regex.Pattern;

/** Which names are allowed, and the names of segments. */
final class Names {
    static final String SYSTEM_SCOPE = "_system";

    /** No stream has a name with this at its end, so that a table and a stream may have the same name. */
    private static final String TABLE_SUFFIX = "_kvtable";

    private static final int MAX_INTERNAL = 255;
    private static final int MAX_USER = 250;
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9.-]+");
    private static final Pattern ANY = Pattern.compile("_?[A-Za-z0-9.-]+");

    private Names() {}

    static boolean isScope(String name) {
        return name.length() <= MAX_INTERNAL && ANY.matcher(name).matches();
    }

    static boolean isStream(String name) {
        int limit = name.startsWith("_") ? MAX_INTERNAL : MAX_USER;
        return name.length() <= limit && ANY.matcher(name).matches();
    }

    /** Of reader groups and tables. */
    static boolean isUserName(String name) {
        return name.length() <= MAX_USER && USER.matcher(name).matches();
    }

    static String segment(StreamName stream, long segmentId) {
        return SegmentName.of(stream.scope(), stream.stream(), segmentId).qualified();
    }

    static String tableSegment(String scope, String table, long segmentId) {
        return SegmentName.of(scope, table + TABLE_SUFFIX, segmentId).qualified();
    }

    /** The segment for what a transaction of an epoch writes to the segment of a number. */
    static String transactionSegment(StreamName stream, int number, int epoch, UUID transaction) {
        return SegmentName.transactionSegment(segment(stream, SegmentName.id(epoch, number)), transaction);
    }
}
