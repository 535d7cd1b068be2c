/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A change to a {@link GroupState}. Segments are given by their full names, offsets in bytes; -1 is the end of a segment. */
public sealed interface GroupRecord {

    /**
     * The group begins, or begins anew.
     *
     * @param starts the segments to read, and where to begin
     * @param ends where to end in a segment; {@link Long#MAX_VALUE} for its end. What follows these is not read.
     */
    record Start(GroupConfig config, Map<String, Place> starts, Map<String, Long> ends) implements GroupRecord {
        public Start {
            starts = Map.copyOf(starts);
            ends = Map.copyOf(ends);
        }
    }

    /** The state is replaced by another. */
    record Replace(GroupState state) implements GroupRecord {}

    record AddReader(String reader) implements GroupRecord {}

    /**
     * A reader leaves, or is declared gone.
     *
     * @param offsets where others go on in its segments; where there is none, at what the state says
     */
    record RemoveReader(String reader, Map<String, Long> offsets) implements GroupRecord {
        public RemoveReader {
            offsets = Map.copyOf(offsets);
        }
    }

    record ReleaseSegment(String reader, String segment, long offset) implements GroupRecord {}

    record AcquireSegment(String reader, String segment) implements GroupRecord {}

    /**
     * A reader tells how far it is.
     *
     * @param distance a measure of its load
     */
    record UpdateDistance(String reader, long distance, Map<String, Place> places) implements GroupRecord {
        public UpdateDistance {
            places = Map.copyOf(places);
        }
    }

    /**
     * A segment takes over from others.
     *
     * @param predecessors ids of all that it takes over from
     */
    record Successor(Set<Long> predecessors, Optional<KeyRange> range) {
        public Successor {
            predecessors = Set.copyOf(predecessors);
        }
    }

    /** A reader has read a segment to its end. */
    record CompleteSegment(String reader, String segment, Optional<KeyRange> range, Map<String, Successor> successors)
            implements GroupRecord {
        public CompleteSegment {
            successors = Map.copyOf(successors);
        }
    }

    /** A reader passes a checkpoint, and tells where it is in all its segments. */
    record PassCheckpoint(String checkpoint, String reader, Map<String, Long> offsets) implements GroupRecord {
        public PassCheckpoint {
            offsets = Map.copyOf(offsets);
        }
    }

    /** All readers are asked to pass a checkpoint. */
    record CreateCheckpoint(String checkpoint) implements GroupRecord {}

    /** All older checkpoints are forgotten. */
    record ClearCheckpointsBefore(String checkpoint) implements GroupRecord {}

    /** Whether the controller was told of the last checkpoint. */
    record SetPublished(boolean published) implements GroupRecord {}

    /** Whether somebody is about to begin the group anew. */
    record SetUpdating(boolean updating) implements GroupRecord {}

    /** Checkpoints that are under way will not complete. */
    record RemoveOutstandingCheckpoints() implements GroupRecord {}
}
