/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is the same in many records of a reader group: segments by their names, offsets as i64, ranges as two f64, which are
 * -1 where the range is not known.
 */
final class GroupFields {
    private static final double UNKNOWN = -1;
    private static final int MIN_OFFSET_BYTES = 10;

    private GroupFields() {}

    static void writeOffsets(VersionedWriter fields, Map<String, Long> offsets) {
        fields.map(
                new TreeMap<>(offsets), (segment, offset) -> fields.utf(segment).i64(offset));
    }

    static SortedMap<String, Long> readOffsets(VersionedReader fields) {
        SortedMap<String, Long> offsets = new TreeMap<>();
        for (int left = fields.count(MIN_OFFSET_BYTES); left > 0; left--) {
            offsets.put(fields.utf(), fields.i64());
        }
        return offsets;
    }

    static void writeRange(VersionedWriter fields, Optional<KeyRange> range) {
        fields.f64(range.map(KeyRange::low).orElse(UNKNOWN))
                .f64(range.map(KeyRange::high).orElse(UNKNOWN));
    }

    static Optional<KeyRange> readRange(VersionedReader fields) {
        double low = fields.f64();
        double high = fields.f64();
        return low >= 0 && low < high && high <= 1 ? Optional.of(new KeyRange(low, high)) : Optional.empty();
    }

    /** Segments with their ranges, and offsets. */
    static void writePlaces(VersionedWriter fields, Map<String, Place> places) {
        fields.map(new TreeMap<>(places), (segment, place) -> {
            fields.utf(segment);
            writeRange(fields, place.range());
            fields.i64(place.offset());
        });
    }

    static SortedMap<String, Place> readPlaces(VersionedReader fields) {
        SortedMap<String, Place> places = new TreeMap<>();
        for (int left = fields.count(MIN_OFFSET_BYTES); left > 0; left--) {
            String segment = fields.utf();
            Optional<KeyRange> range = readRange(fields);
            places.put(segment, new Place(fields.i64(), range));
        }
        return places;
    }

    static void writeIds(VersionedWriter fields, SortedSet<Long> ids) {
        fields.compactInt(ids.size());
        ids.forEach(fields::i64);
    }

    static SortedSet<Long> readIds(VersionedReader fields) {
        SortedSet<Long> ids = new TreeSet<>();
        for (int left = fields.count(Long.BYTES); left > 0; left--) {
            ids.add(fields.i64());
        }
        return ids;
    }
}
