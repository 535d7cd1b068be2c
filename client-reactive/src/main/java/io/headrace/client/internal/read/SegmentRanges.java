/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.ReadFrom;
import io.headrace.client.SealedException;
import io.headrace.client.SegmentRange;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.SegmentInfo;
import io.headrace.client.internal.Segments;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds out which parts of which segments lie between two places of a stream. On the loop. */
public final class SegmentRanges {
    private SegmentRanges() {}

    /** Where a reading begins, by segment id. */
    public static Future<Map<Long, Long>> start(Resources resources, StreamName stream, ReadFrom from) {
        return StartPlaces.of(resources, stream, from).map(places -> {
            Map<Long, Long> offsets = new TreeMap<>();
            places.forEach((id, place) -> offsets.put(id, place.offset()));
            return offsets;
        });
    }

    /** By segment id; the ends are those of now if there is no {@code end}. */
    public static Future<List<SegmentRange>> between(
            Resources resources, StreamName stream, ReadFrom from, @Nullable StreamCut end) {
        return start(resources, stream, from)
                .compose(starts -> ends(resources, stream, end).compose(ends -> resources
                        .streams()
                        .segmentsBetween(stream, starts, ends)
                        .compose(ids -> ranges(resources, stream, ids, starts, ends))));
    }

    /** None if the stream is sealed: then everything is to be read. */
    private static Future<Map<Long, Long>> ends(Resources resources, StreamName stream, @Nullable StreamCut end) {
        return end != null
                ? Future.succeededFuture(end.offsets())
                : Segments.tails(resources, stream)
                        .recover(cause -> cause instanceof SealedException
                                ? Future.succeededFuture(Map.of())
                                : Future.failedFuture(cause));
    }

    private static Future<List<SegmentRange>> ranges(
            Resources resources, StreamName stream, List<Long> ids, Map<Long, Long> starts, Map<Long, Long> ends) {
        List<Future<Optional<SegmentRange>>> asked = new ArrayList<>();
        ids.stream()
                .sorted()
                .forEach(id -> asked.add(range(
                        resources,
                        stream,
                        id,
                        starts.get(id),
                        Objects.requireNonNullElse(ends.get(id), StreamCut.END_OF_SEGMENT))));
        return Future.all(asked)
                .map(answered ->
                        asked.stream().flatMap(one -> one.result().stream()).toList());
    }

    private static Future<Optional<SegmentRange>> range(
            Resources resources, StreamName stream, long id, @Nullable Long start, long end) {
        if (start != null && start == StreamCut.END_OF_SEGMENT) {
            return Future.succeededFuture(Optional.empty());
        }
        if (start != null && end != StreamCut.END_OF_SEGMENT) {
            return Future.succeededFuture(Optional.of(new SegmentRange(stream, id, start, end)));
        }
        String name = SegmentName.of(stream.scope(), stream.name(), id).qualified();
        return SegmentInfo.of(resources, name).map(info -> Optional.of(range(stream, id, start, end, info)));
    }

    private static SegmentRange range(
            StreamName stream, long id, @Nullable Long start, long end, StreamSegmentInfo info) {
        return new SegmentRange(
                stream,
                id,
                start == null ? info.startOffset() : start,
                end == StreamCut.END_OF_SEGMENT ? info.writeOffset() : end);
    }
}
