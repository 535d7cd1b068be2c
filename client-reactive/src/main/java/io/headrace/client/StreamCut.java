/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.format.CutFormat;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A position in a whole stream: an offset in each segment of a set that covers the key space.
 *
 * @param offsets by segment id, in bytes; {@link #END_OF_SEGMENT} for a segment that lies before the cut as a whole
 */
public record StreamCut(StreamName stream, SortedMap<Long, Long> offsets) {
    /** Stands for the end of a sealed segment. */
    public static final long END_OF_SEGMENT = -1;

    /** @throws IllegalArgumentException if there is no offset, or one below -1 */
    public StreamCut {
        if (offsets.isEmpty()) {
            throw new IllegalArgumentException("a stream cut needs an offset");
        }
        if (Collections.min(offsets.values()) < END_OF_SEGMENT) {
            throw new IllegalArgumentException("offsets must not be below -1: " + offsets);
        }
        offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    }

    public StreamCut(StreamName stream, Map<Long, Long> offsets) {
        this(stream, new TreeMap<>(offsets));
    }

    /** The bytes by which other clients know it. */
    public byte[] toBytes() {
        return CutFormat.toBytes(this);
    }

    /**
     * Reads {@link #toBytes}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none; also if it is the unbounded cut, which is no bytes
     */
    public static StreamCut fromBytes(byte[] bytes) {
        return CutFormat.fromBytes(bytes);
    }

    /** The text by which other clients know it. */
    public String toText() {
        return CutFormat.toText(this);
    }

    /**
     * Reads {@link #toText}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none; also if it is the unbounded cut, {@code UNBOUNDED}
     */
    public static StreamCut parse(String text) {
        return CutFormat.parse(text);
    }
}
