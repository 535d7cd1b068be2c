/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.KeyRange;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.TimeWindow;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.format.Watermark;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the time window of a place in a stream: the last watermark that lies behind it gives the lower bound, the first that
 * lies ahead the upper one. A watermark that is ahead in some segments and behind in others is neither; it gives the upper
 * bound only while there is no better one.
 */
public final class TimeWindows {

    /** Where a place is as seen from a watermark. */
    enum Side {
        BEFORE,
        UNDECIDED,
        AFTER
    }

    private final SortedMap<Long, Place> places;
    private @Nullable Watermark passed;
    private @Nullable Watermark next;
    private boolean ahead;

    private TimeWindows(SortedMap<Long, Place> places) {
        this.places = places;
    }

    /** On the loop. */
    public static Future<TimeWindow> at(Resources resources, StreamName stream, Position position) {
        TimeWindows search = new TimeWindows(StartPlaces.placesOf(position, stream));
        return Watermarks.each(resources, stream, search::look).map(read -> search.window());
    }

    private void look(Watermark mark) {
        if (ahead) {
            return;
        }
        Side side = compare(places, mark.offsets());
        if (side == Side.AFTER && next == null) {
            passed = mark;
        } else {
            next = mark;
            ahead = side == Side.BEFORE;
        }
    }

    private TimeWindow window() {
        return new TimeWindow(
                Optional.ofNullable(passed).map(mark -> Instant.ofEpochMilli(mark.lowerMillis())),
                Optional.ofNullable(next).map(mark -> Instant.ofEpochMilli(mark.upperMillis())));
    }

    /** Compares segments that share a part of the key space; being just at a watermark is to be after it. */
    static Side compare(Map<Long, Place> places, Map<StreamSegment, Long> mark) {
        boolean before = false;
        boolean after = false;
        for (Map.Entry<Long, Place> place : places.entrySet()) {
            for (Map.Entry<StreamSegment, Long> other : mark.entrySet()) {
                if (share(place.getKey(), place.getValue().range(), other.getKey(), mark)) {
                    int order = compare(
                            place.getKey(),
                            place.getValue().offset(),
                            other.getKey().id(),
                            other.getValue());
                    before |= order < 0;
                    after |= order > 0;
                }
            }
        }
        if (before) {
            return after ? Side.UNDECIDED : Side.BEFORE;
        }
        return Side.AFTER;
    }

    /**
     * Whether a segment shares keys with one of a watermark. One whose range is not known, as at the start of a stream, does
     * so with itself, and with any if the watermark does not have it.
     */
    private static boolean share(
            long segment, Optional<KeyRange> range, StreamSegment other, Map<StreamSegment, Long> mark) {
        if (range.isEmpty()) {
            return segment == other.id() || mark.keySet().stream().noneMatch(known -> known.id() == segment);
        }
        Optional<KeyRange> others = Segments.range(other);
        return others.isEmpty()
                || (range.get().low() < others.get().high()
                        && others.get().low() < range.get().high());
    }

    /** By segment, then by offset; a negative offset is the end of a segment. */
    private static int compare(long segment, long offset, long otherSegment, long otherOffset) {
        return segment != otherSegment
                ? Long.compare(segment, otherSegment)
                : Long.compareUnsigned(offset, otherOffset);
    }
}
