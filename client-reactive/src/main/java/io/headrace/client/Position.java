/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.format.PositionFormat;
import io.headrace.codecs.name.SegmentName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a reader has come in each of its segments.
 *
 * @param places by full name of the segment
 */
public record Position(SortedMap<String, Place> places) {

    /**
     * How far in one segment.
     *
     * @param offset in bytes; {@link #FINISHED} if there is nothing left in the segment
     * @param range the part of the key space that it has, if that is known
     */
    public record Place(long offset, Optional<KeyRange> range) {
        /** Stands for the end of a sealed segment. */
        public static final long FINISHED = -1;
    }

    public Position {
        places = Collections.unmodifiableSortedMap(new TreeMap<>(places));
    }

    public Position(Map<String, Place> places) {
        this(new TreeMap<>(places));
    }

    /**
     * The same as a cut of a stream.
     *
     * @throws IllegalArgumentException if the reader had no segments of that stream
     */
    public StreamCut toStreamCut(StreamName stream) {
        SortedMap<Long, Long> offsets = new TreeMap<>();
        places.forEach((segment, place) -> SegmentName.parse(segment)
                .filter(name ->
                        name.scope().equals(stream.scope()) && name.stream().equals(stream.name()))
                .ifPresent(name -> offsets.put(name.id(), place.offset())));
        return new StreamCut(stream, offsets);
    }

    /** The bytes by which other clients know it. */
    public byte[] toBytes() {
        return PositionFormat.toBytes(this);
    }

    /**
     * Reads {@link #toBytes}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Position fromBytes(byte[] bytes) {
        return PositionFormat.fromBytes(bytes);
    }
}
