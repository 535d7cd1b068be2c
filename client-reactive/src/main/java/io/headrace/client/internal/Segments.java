/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal;

import io.headrace.client.ConflictException;
import io.headrace.client.KeyRange;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What writers, readers and administration have to know of segments. On the loop. */
public final class Segments {
    private Segments() {}

    /** Where each of the current segments ends now, by id. {@link SealedException} if there are none. */
    public static Future<Map<Long, Long>> tails(Resources resources, StreamName stream) {
        return resources.streams().currentSegments(stream).compose(current -> {
            if (current.isEmpty()) {
                return Future.failedFuture(new SealedException("the stream " + stream + " is sealed"));
            }
            Map<Long, Long> offsets = new TreeMap<>();
            List<Future<Void>> asked = new ArrayList<>();
            for (StreamSegment segment : current) {
                String name = SegmentName.of(stream.scope(), stream.name(), segment.id())
                        .qualified();
                asked.add(SegmentInfo.of(resources, name).map(info -> {
                    offsets.put(segment.id(), info.writeOffset());
                    return null;
                }));
            }
            return Future.all(asked).map(offsets);
        });
    }

    /** The only segment of a stream that has one. {@link ConflictException} if it has more, {@link SealedException} if none. */
    public static Future<StreamSegment> single(Resources resources, StreamName stream) {
        return resources.streams().currentSegments(stream).compose(current -> {
            if (current.isEmpty()) {
                return Future.failedFuture(new SealedException("the stream " + stream + " is sealed"));
            }
            return current.size() == 1
                    ? Future.succeededFuture(current.get(0))
                    : Future.failedFuture(notSingle(stream, current.size()));
        });
    }

    /** Id of the only segment that there is data in, also if the stream is sealed. {@link ConflictException} if it has more. */
    public static Future<Long> singleAtHead(Resources resources, StreamName stream) {
        return resources
                .streams()
                .head(stream)
                .compose(head -> head.size() == 1
                        ? Future.succeededFuture(head.firstKey())
                        : Future.failedFuture(notSingle(stream, head.size())));
    }

    private static ConflictException notSingle(StreamName stream, int segments) {
        return new ConflictException("a stream of bytes has one segment, " + stream + " has " + segments);
    }

    /** The part of the key space that a segment has, if that is known. */
    public static Optional<KeyRange> range(StreamSegment segment) {
        return segment.low() >= 0 && segment.low() < segment.high()
                ? Optional.of(new KeyRange(segment.low(), segment.high()))
                : Optional.empty();
    }
}
