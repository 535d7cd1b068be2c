/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.SegmentCommand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The calls that procedures are made of. */
final class Calls {

    private Calls() {}

    static Call create(StreamName stream, long segmentId, StreamConfiguration configuration) {
        ScalingPolicy scaling = configuration.scaling();
        return new Call.ToSegment(new SegmentCommand.Create(
                SegmentNames.segment(stream, segmentId),
                scaling.storeType(),
                scaling.targetRate(),
                configuration.rolloverBytes()));
    }

    static List<Call> createAll(
            StreamName stream, Collection<SegmentRange> segments, StreamConfiguration configuration) {
        List<Call> calls = new ArrayList<>(segments.size());
        segments.forEach(s -> calls.add(create(stream, s.id(), configuration)));
        return calls;
    }

    /** Creates a segment whose load is not measured. */
    static Call createPlain(String segment, StreamConfiguration configuration) {
        return new Call.ToSegment(new SegmentCommand.Create(segment, 0, 0, configuration.rolloverBytes()));
    }

    static Call seal(StreamName stream, long segmentId) {
        return new Call.ToSegment(new SegmentCommand.Seal(SegmentNames.segment(stream, segmentId)));
    }

    static List<Call> sealAll(StreamName stream, Collection<Long> segmentIds) {
        List<Call> calls = new ArrayList<>(segmentIds.size());
        segmentIds.forEach(id -> calls.add(seal(stream, id)));
        return calls;
    }

    static Call delete(String segment) {
        return new Call.ToSegment(new SegmentCommand.Delete(segment));
    }

    static List<Call> lengths(StreamName stream, Collection<Long> segmentIds) {
        List<Call> calls = new ArrayList<>(segmentIds.size());
        segmentIds.forEach(
                id -> calls.add(new Call.ToSegment(new SegmentCommand.GetInfo(SegmentNames.segment(stream, id)))));
        return calls;
    }

    /** What came back from {@link #lengths}, by segment id. */
    static SortedMap<Long, Long> lengths(StreamName stream, Collection<Long> segmentIds, Answers answers) {
        SortedMap<String, Long> byName = answers.lengths();
        SortedMap<Long, Long> lengths = new TreeMap<>();
        for (long id : segmentIds) {
            Long length = byName.get(SegmentNames.segment(stream, id));
            if (length != null) {
                lengths.put(id, length);
            }
        }
        return lengths;
    }

    static Call to(StreamCommand command) {
        return new Call.ToStream(command);
    }
}
