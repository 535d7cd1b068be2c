/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.ReadFrom;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds out where a reading begins: a place for each segment id. On the loop. */
final class StartPlaces {
    private StartPlaces() {}

    static Future<SortedMap<Long, Place>> of(Resources resources, StreamName stream, ReadFrom from) {
        if (from instanceof ReadFrom.Latest) {
            return Segments.tails(resources, stream).map(StartPlaces::places);
        }
        if (from instanceof ReadFrom.Cut cut) {
            return Future.succeededFuture(places(offsetsOf(cut.cut(), stream)));
        }
        if (from instanceof ReadFrom.At at) {
            return Future.succeededFuture(placesOf(at.position(), stream));
        }
        if (from instanceof ReadFrom.Time time) {
            return Watermarks.before(resources, stream, time.time().toEpochMilli())
                    .compose(found -> found.isPresent()
                            ? Future.succeededFuture(found.get())
                            : resources.streams().head(stream).map(StartPlaces::places));
        }
        return resources.streams().head(stream).map(StartPlaces::places);
    }

    private static Map<Long, Long> offsetsOf(StreamCut cut, StreamName stream) {
        if (!cut.stream().equals(stream)) {
            throw new IllegalArgumentException("a cut of " + cut.stream() + " is none of " + stream);
        }
        return cut.offsets();
    }

    static SortedMap<Long, Place> placesOf(Position position, StreamName stream) {
        SortedMap<Long, Place> places = new TreeMap<>();
        position.places().forEach((segment, place) -> SegmentName.parse(segment)
                .filter(name -> name.scopedStream().equals(stream.toString()))
                .ifPresent(name -> places.put(name.id(), place)));
        if (places.isEmpty()) {
            throw new IllegalArgumentException("the position has no segment of " + stream);
        }
        return places;
    }

    private static SortedMap<Long, Place> places(Map<Long, Long> offsets) {
        SortedMap<Long, Place> places = new TreeMap<>();
        offsets.forEach((id, offset) -> places.put(id, new Place(offset, Optional.empty())));
        return places;
    }
}
