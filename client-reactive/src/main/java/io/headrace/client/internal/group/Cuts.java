/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.codecs.name.SegmentName;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Offsets of segments of several streams as cuts. */
final class Cuts {
    private Cuts() {}

    /** By {@code scope/stream}. */
    static SortedMap<String, StreamCut> byStream(Map<String, Long> offsets) {
        SortedMap<String, SortedMap<Long, Long>> byStream = new TreeMap<>();
        offsets.forEach((segment, offset) -> SegmentName.parse(segment)
                .ifPresent(name -> byStream.computeIfAbsent(name.scopedStream(), first -> new TreeMap<>())
                        .put(name.id(), Math.max(offset, StreamCut.END_OF_SEGMENT))));
        SortedMap<String, StreamCut> cuts = new TreeMap<>();
        byStream.forEach((stream, segments) -> cuts.put(stream, new StreamCut(StreamName.of(stream), segments)));
        return cuts;
    }

    /** By full name of the segment. */
    static Map<String, Long> bySegment(StreamCut cut) {
        Map<String, Long> offsets = new TreeMap<>();
        cut.offsets()
                .forEach((id, offset) -> offsets.put(
                        SegmentName.of(cut.stream().scope(), cut.stream().name(), id)
                                .qualified(),
                        offset));
        return offsets;
    }
}
