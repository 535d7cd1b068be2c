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
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the last watermark before a time in the stream of a stream's watermarks. On the loop. */
final class WatermarkSearch {
    private static final int MAX_WATERMARK_BYTES = 8 << 20;

    private WatermarkSearch() {}

    /** The places of the last watermark whose times all lie before {@code millis}; empty if there is none. */
    static Future<Optional<SortedMap<Long, Place>>> before(Resources resources, StreamName stream, long millis) {
        StreamName marks = new StreamName(stream.scope(), Names.markStream(stream.name()));
        String segment = SegmentName.of(marks.scope(), marks.name(), 0).qualified();
        return SegmentInfo.of(resources, segment)
                .compose(info -> {
                    Search search = new Search(millis);
                    return SegmentEvents.read(
                                    resources,
                                    segment,
                                    info.startOffset(),
                                    info.writeOffset(),
                                    MAX_WATERMARK_BYTES,
                                    search::look)
                            .map(read -> search.result());
                })
                .recover(cause -> cause instanceof NotFoundException
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(cause));
    }

    private static final class Search {
        private final long millis;
        private Optional<Watermark> last = Optional.empty();

        Search(long millis) {
            this.millis = millis;
        }

        void look(ByteBuf event) {
            Watermark mark = Watermark.read(event);
            if (mark.upperMillis() < millis) {
                last = Optional.of(mark);
            }
        }

        Optional<SortedMap<Long, Place>> result() {
            return last.map(mark -> {
                SortedMap<Long, Place> places = new TreeMap<>();
                mark.offsets()
                        .forEach((segment, offset) ->
                                places.put(segment.id(), new Place(offset, Segments.range(segment))));
                return places;
            });
        }
    }
}
