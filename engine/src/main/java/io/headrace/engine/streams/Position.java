/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where a cut stands for one routing key: in the segment that is being read there, or, where the cut only names segments
 * that are not reached yet, at the beginning of the first of those. Segments that a key has had follow each other in the
 * order of their ids, so positions of a key are ordered by id, then offset.
 *
 * @param offset -1 in front of a segment that is not reached
 */
record Position(long segment, long offset) implements Comparable<Position> {
    /** Of keys that a cut says nothing about. */
    static final Position UNKNOWN = new Position(-1, -1);

    /** The position of each key. All segments of the cut must be in the history. */
    static KeySpace<Position> all(EpochGraph graph, StreamCut cut) {
        List<Position> positions = new ArrayList<>(cut.offsets().size());
        cut.offsets().forEach((id, offset) -> positions.add(new Position(id, Math.max(-1, offset))));
        positions.sort(
                Comparator.comparing(Position::isReached).thenComparing(Position::segment, Comparator.reverseOrder()));
        KeySpace<Position> space = new KeySpace<>(UNKNOWN);
        for (Position position : positions) {
            SegmentRange segment = graph.segment(position.segment());
            space.paint(segment.low(), segment.high(), position);
        }
        return space;
    }

    private boolean isReached() {
        return offset >= 0;
    }

    @Override
    public int compareTo(Position other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(offset, other.offset);
    }
}
