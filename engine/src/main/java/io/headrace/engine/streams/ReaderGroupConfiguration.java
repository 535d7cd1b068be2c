/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a reader group was created with; clients compare it field by field.
 *
 * @param retentionType wire code: 0 none, 1 manual release, 2 release at the last checkpoint. Above 0 the group is a
 *     subscriber of its streams
 * @param generation 0 at first, one more with each update
 * @param id all zero in a request: the controller chooses
 * @param startCuts one for each stream of the group, possibly unbounded
 * @param endCuts one for each stream of the group, possibly unbounded
 * @param rolloverBytes of the group's state stream; 0 for the default
 */
public record ReaderGroupConfiguration(
        long groupRefreshMillis,
        long automaticCheckpointMillis,
        int maxOutstandingCheckpoints,
        int retentionType,
        long generation,
        UUID id,
        SortedMap<StreamName, StreamCut> startCuts,
        SortedMap<StreamName, StreamCut> endCuts,
        long rolloverBytes) {

    public static final UUID NO_ID = new UUID(0, 0);

    public ReaderGroupConfiguration {
        startCuts = Collections.unmodifiableSortedMap(new TreeMap<>(startCuts));
        endCuts = Collections.unmodifiableSortedMap(new TreeMap<>(endCuts));
    }

    /** A group over whole streams with the settings that clients use by default. */
    public static ReaderGroupConfiguration over(UUID id, int retentionType, StreamName... streams) {
        Map<StreamName, StreamCut> cuts = new TreeMap<>();
        for (StreamName stream : streams) {
            cuts.put(stream, StreamCut.UNBOUNDED);
        }
        return new ReaderGroupConfiguration(
                3_000, 30_000, 3, retentionType, 0, id, new TreeMap<>(cuts), new TreeMap<>(cuts), 0);
    }

    public boolean isSubscriber() {
        return retentionType != 0;
    }

    ReaderGroupConfiguration with(UUID newId, long newGeneration) {
        return new ReaderGroupConfiguration(
                groupRefreshMillis,
                automaticCheckpointMillis,
                maxOutstandingCheckpoints,
                retentionType,
                newGeneration,
                newId,
                startCuts,
                endCuts,
                rolloverBytes);
    }
}
