/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import java.util.Map;
import java.util.TreeMap;

/** How far a reader's subscriber has been given the events of each segment, and how far it has dealt with them. */
final class Acknowledged {
    private final Map<String, Long> emitted = new TreeMap<>();
    private final Map<String, Long> done = new TreeMap<>();

    void open(String segment, long offset) {
        emitted.put(segment, offset);
        done.put(segment, offset);
    }

    void close(String segment) {
        emitted.remove(segment);
        done.remove(segment);
    }

    void emitted(String segment, long offset) {
        emitted.put(segment, offset);
    }

    /** Everything up to a position has been dealt with; what it says of segments that were given away meanwhile is void. */
    void upTo(Position position) {
        done.replaceAll((segment, offset) -> {
            Place place = position.places().get(segment);
            long given = emitted.getOrDefault(segment, offset);
            if (place == null) {
                return offset;
            }
            return Math.max(offset, place.offset() == Place.FINISHED ? given : Math.min(place.offset(), given));
        });
    }

    boolean isAll() {
        return emitted.equals(done);
    }

    /** Where others go on, in a segment that the reader itself has come to {@code offset} in, which may be its end. */
    long leaveAt(String segment, long offset) {
        Long known = done.get(segment);
        return known == null || known.equals(emitted.get(segment)) ? offset : known;
    }
}
