/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Streams that something is to be done for once a period, each at a place on the clock face that follows from its name:
 * thousands of streams are spread evenly over the period, and no two owners of the partition disagree.
 */
final class Rota {
    /** Places on the clock face. */
    static final long FACE = 1L << 32;

    /**
     * Where a stream stands.
     *
     * @param at 0 to {@link #FACE} - 1
     */
    record Place(long at, StreamName stream) implements Comparable<Place> {

        static Place of(StreamName stream) {
            // Names that differ little have hashes that differ little; the factor sets them far apart.
            int hash = (31 * stream.scope().hashCode() + stream.stream().hashCode()) * 0x9E3779B9;
            return new Place(Integer.toUnsignedLong(hash), stream);
        }

        /** Before any stream that stands there. */
        static Place before(long at) {
            return new Place(at, new StreamName("", ""));
        }

        @Override
        public int compareTo(Place other) {
            int byPlace = Long.compare(at, other.at);
            return byPlace != 0 ? byPlace : stream.compareTo(other.stream);
        }
    }

    private final NavigableSet<Place> places = new TreeSet<>();

    void set(StreamName stream, boolean present) {
        if (present) {
            places.add(Place.of(stream));
        } else {
            places.remove(Place.of(stream));
        }
    }

    boolean contains(StreamName stream) {
        return places.contains(Place.of(stream));
    }

    int size() {
        return places.size();
    }

    /** The next stream on the face; null if there is none before its end. */
    @Nullable
    Place after(Place place) {
        return places.higher(place);
    }
}
