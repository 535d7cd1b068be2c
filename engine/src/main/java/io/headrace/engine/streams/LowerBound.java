/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lower bound of several cuts: for each routing key, the {@link Position} of the one that is furthest behind. Those
 * make a cut again, since what a cut says of a segment that is being read holds for all keys of the segment. A pure
 * function.
 */
final class LowerBound {

    private LowerBound() {}

    /** The bound of cuts that are valid in this history; null if there are none but unbounded ones. */
    static @Nullable StreamCut of(EpochGraph graph, Collection<StreamCut> cuts) {
        KeySpace<Position> lowest = null;
        for (StreamCut cut : cuts) {
            if (!cut.isUnbounded()) {
                KeySpace<Position> positions = Position.all(graph, cut);
                lowest = lowest == null ? positions : lowest.with(positions, LowerBound::lower);
            }
        }
        if (lowest == null) {
            return null;
        }
        // What a cut says nothing about has not been read.
        KeySpace<Position> beginning = Position.all(graph, StreamCuts.beginning(graph));
        lowest = lowest.with(beginning, (position, first) -> position.equals(Position.UNKNOWN) ? first : position);
        Map<Long, Long> offsets = new TreeMap<>();
        for (Position position : lowest.values(0, 1)) {
            offsets.merge(position.segment(), position.offset(), Math::min);
        }
        StreamCut bound = StreamCut.of(offsets);
        return StreamCuts.isValid(graph, bound) ? bound : StreamCuts.beginning(graph);
    }

    private static Position lower(Position one, Position two) {
        return one.compareTo(two) <= 0 ? one : two;
    }
}
