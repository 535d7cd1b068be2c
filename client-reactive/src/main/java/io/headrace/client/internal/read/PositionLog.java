/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers how far a reader has come, so that each event costs a few bytes and a position is made only if somebody asks
 * for it. Written on the loop; a {@link Moment} may be read by any thread that it was handed to, since what it looks at
 * does not change any more.
 */
public final class PositionLog {
    private static final int STEPS = 1024;

    /** Places at some time, and the steps that followed. */
    private static final class Chapter {
        final Map<String, Place> before;
        final String[] segments = new String[STEPS];
        final long[] offsets = new long[STEPS];

        Chapter(Map<String, Place> before) {
            this.before = before;
        }
    }

    /** A place in the log. */
    public record Moment(Chapter chapter, int steps) {
        public Position position() {
            return new Position(places());
        }

        private Map<String, Place> places() {
            Map<String, Place> places = new HashMap<>(chapter.before);
            for (int i = 0; i < steps; i++) {
                long offset = chapter.offsets[i];
                places.computeIfPresent(chapter.segments[i], (segment, place) -> new Place(offset, place.range()));
            }
            return places;
        }
    }

    private Chapter chapter = new Chapter(Map.of());
    private int steps;

    /** A segment joins, or has another place. */
    public void put(String segment, Place place) {
        Map<String, Place> places = now().places();
        places.put(segment, place);
        begin(places);
    }

    /** A segment is no longer part of the position. */
    public void remove(String segment) {
        Map<String, Place> places = now().places();
        places.remove(segment);
        begin(places);
    }

    /** The reader has come to {@code offset} in a segment that is part of the position. */
    public void step(String segment, long offset) {
        if (steps == STEPS) {
            begin(now().places());
        }
        chapter.segments[steps] = segment;
        chapter.offsets[steps] = offset;
        steps++;
    }

    public Moment now() {
        return new Moment(chapter, steps);
    }

    private void begin(Map<String, Place> places) {
        chapter = new Chapter(places);
        steps = 0;
    }
}
