/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.NotFoundException;
import io.headrace.client.Position.Place;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.SegmentInfo;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.format.Watermark;
import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the stream of a stream's watermarks. On the loop. */
final class Watermarks {
    private static final int MAX_WATERMARK_BYTES = 8 << 20;

    private Watermarks() {}

    /** Succeeds when all that there are now, in their order, were given to {@code marks}: none if nobody has noted time. */
    static Future<Void> each(Resources resources, StreamName stream, Consumer<Watermark> marks) {
        String segment = SegmentName.of(stream.scope(), Names.markStream(stream.name()), 0)
                .qualified();
        return SegmentInfo.of(resources, segment)
                .compose(info -> SegmentEvents.read(
                        resources,
                        segment,
                        info.startOffset(),
                        info.writeOffset(),
                        MAX_WATERMARK_BYTES,
                        event -> marks.accept(Watermark.read(event))))
                .recover(cause ->
                        cause instanceof NotFoundException ? Future.succeededFuture() : Future.failedFuture(cause));
    }

    /** The places of the last watermark whose times all lie before {@code millis}; empty if there is none. */
    static Future<Optional<SortedMap<Long, Place>>> before(Resources resources, StreamName stream, long millis) {
        AtomicReference<@Nullable Watermark> last = new AtomicReference<>();
        return each(resources, stream, mark -> {
                    if (mark.upperMillis() < millis) {
                        last.set(mark);
                    }
                })
                .map(read -> Optional.ofNullable(last.get()).map(Watermarks::places));
    }

    private static SortedMap<Long, Place> places(Watermark mark) {
        SortedMap<Long, Place> places = new TreeMap<>();
        mark.offsets()
                .forEach((segment, offset) -> places.put(segment.id(), new Place(offset, Segments.range(segment))));
        return places;
    }
}
