/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.codecs.name.RoutingKeyHash;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Who should have how many segments. All members of a group, of whatever client, decide by the same rules, each for itself:
 * who has little takes early, who has much gives early. Pure functions.
 */
final class Balance {
    private static final Duration UNIT = Duration.ofSeconds(1);

    /** Loads are never quite equal: without this, one segment more than others have would be handed around for ever. */
    private static final double TOLERANCE = 0.05;

    private Balance() {}

    /** How long a reader waits after it has taken segments before it takes more: the less it has, the shorter. */
    static Duration acquireAfter(GroupState state, String reader) {
        return UNIT.multipliedBy(Math.max(1, state.assigned().size() - ranking(state, reader)));
    }

    /** How long a reader waits after it has given a segment before it gives another: the more it has, the shorter. */
    static Duration releaseAfter(GroupState state, String reader) {
        return UNIT.multipliedBy(1L + ranking(state, reader));
    }

    /** How often a reader tells how far it is. */
    static Duration reportAfter(GroupState state) {
        return UNIT.multipliedBy(1L + state.assigned().size());
    }

    /** How many segments a reader should take. */
    static int toAcquire(GroupState state, String reader) {
        int free = state.unassigned().size();
        if (free == 0) {
            return 0;
        }
        int readers = Math.max(1, state.assigned().size());
        int fair = Math.round((float) state.segments() / readers);
        int missing = Math.min(free, fair - state.segmentsOf(reader).size());
        return Math.max(1, Math.max(free / readers, missing));
    }

    /** The segment that a reader should give away; none if it has not much more than others. */
    static Optional<String> toRelease(GroupState state, String reader) {
        SortedMap<String, Long> segments = state.segmentsOf(reader);
        double least = state.assigned().keySet().stream()
                .mapToDouble(other -> relativeSize(state, other))
                .min()
                .orElse(0);
        double enough = least + Math.max(1, state.unassigned().size()) + TOLERANCE;
        if (segments.size() <= 1 || relativeSize(state, reader) <= enough) {
            return Optional.empty();
        }
        // Each reader has an order of its own, so that not all give the same kind of segment.
        return segments.keySet().stream()
                .max(Comparator.comparingDouble(segment -> RoutingKeyHash.position(reader + '/' + segment)));
    }

    /** The number of segments, weighed by load: at most one for each. */
    static double relativeSize(GroupState state, String reader) {
        int segments = state.segmentsOf(reader).size();
        if (segments == 0) {
            return 0;
        }
        long most = state.assigned().entrySet().stream()
                .filter(other -> !other.getValue().isEmpty())
                .mapToLong(other -> distance(state, other.getKey()))
                .max()
                .orElse(GroupState.MIN_DISTANCE);
        return (double) segments * distance(state, reader) / most;
    }

    private static long distance(GroupState state, String reader) {
        return Math.max(GroupState.MIN_DISTANCE, state.distances().getOrDefault(reader, GroupState.MIN_DISTANCE));
    }

    /** The place of a reader among all, 0 for the one that has most. */
    private static int ranking(GroupState state, String reader) {
        List<String> bySize = state.assigned().keySet().stream()
                .sorted(Comparator.comparingDouble((String other) -> relativeSize(state, other))
                        .reversed())
                .toList();
        return Math.max(0, bySize.indexOf(reader));
    }
}
