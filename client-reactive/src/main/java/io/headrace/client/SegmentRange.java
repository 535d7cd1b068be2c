/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.codecs.name.SegmentName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of one segment, which can be read by itself: a unit of work for a batch job.
 *
 * @param fromOffset where it begins, in bytes
 * @param toOffset where it ends; its first byte is not in it
 */
public record SegmentRange(StreamName stream, long segmentId, long fromOffset, long toOffset) {
    private static final Pattern TEXT = Pattern.compile("(.+):(\\d{1,19})-(\\d{1,19})");

    /** @throws IllegalArgumentException if it ends before it begins */
    public SegmentRange {
        if (segmentId < 0 || fromOffset < 0 || toOffset < fromOffset) {
            throw new IllegalArgumentException(
                    "no part of a segment: " + fromOffset + " to " + toOffset + " of " + segmentId);
        }
    }

    /** How long it is, in bytes. */
    public long length() {
        return toOffset - fromOffset;
    }

    /** {@code segment:from-to}, with the full name of the segment. */
    @Override
    public String toString() {
        return SegmentName.of(stream.scope(), stream.name(), segmentId) + ":" + fromOffset + '-' + toOffset;
    }

    /**
     * Reads {@link #toString}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static SegmentRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        SegmentName segment =
                matcher.matches() ? SegmentName.parse(matcher.group(1)).orElse(null) : null;
        if (segment == null) {
            throw new IllegalArgumentException("\"" + text + "\" is no part of a segment");
        }
        return new SegmentRange(
                new StreamName(segment.scope(), segment.stream()),
                segment.id(),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)));
    }
}
