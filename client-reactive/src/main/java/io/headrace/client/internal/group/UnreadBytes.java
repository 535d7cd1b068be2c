/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.SegmentInfo;
import io.headrace.client.internal.control.GroupCalls;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what is left behind a cut. On the loop. */
final class UnreadBytes {
    private UnreadBytes() {}

    /** @param ends where to end, by full name of a segment; what follows such a segment does not count */
    static Future<Long> of(Resources resources, GroupCalls calls, StreamCut cut, Map<String, Long> ends) {
        StreamName stream = cut.stream();
        return calls.segmentsBetween(stream, cut.offsets(), endCut(stream, ends))
                .compose(segments -> {
                    Future<Long> sum = Future.succeededFuture(0L);
                    for (long id : segments) {
                        String name = SegmentName.of(stream.scope(), stream.name(), id)
                                .qualified();
                        long end = ends.getOrDefault(name, Long.MAX_VALUE);
                        long from = cut.offsets().getOrDefault(id, 0L);
                        sum = sum.compose(before -> SegmentInfo.of(resources, name)
                                .map(info -> before
                                        + (from < 0
                                                ? 0
                                                : Math.max(
                                                        0,
                                                        Math.min(end, info.writeOffset())
                                                                - Math.max(from, info.startOffset())))));
                    }
                    return sum;
                });
    }

    private static SortedMap<Long, Long> endCut(StreamName stream, Map<String, Long> ends) {
        SortedMap<Long, Long> cut = new TreeMap<>();
        ends.forEach((segment, offset) -> SegmentName.parse(segment)
                .filter(name -> name.scopedStream().equals(stream.toString()))
                .ifPresent(name -> cut.put(name.id(), offset == Long.MAX_VALUE ? StreamCut.END_OF_SEGMENT : offset)));
        return cut;
    }
}
