/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ReaderGroup.Distribution;
import io.headrace.client.ReaderGroup.PendingCheckpoint;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What users want to know of the state of a group. */
public final class GroupView {
    private static final int SILENT_NAME_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private GroupView() {}

    public static SortedSet<String> readers(GroupState state) {
        return new TreeSet<>(state.assigned().keySet());
    }

    public static Distribution distribution(GroupState state) {
        SortedMap<String, Integer> segments = new TreeMap<>();
        state.assigned().forEach((reader, offsets) -> segments.put(reader, offsets.size()));
        return new Distribution(segments, state.unassigned().size());
    }

    public static SortedMap<String, SortedSet<String>> assignments(GroupState state) {
        SortedMap<String, SortedSet<String>> segments = new TreeMap<>();
        state.assigned().forEach((reader, offsets) -> segments.put(reader, new TreeSet<>(offsets.keySet())));
        return segments;
    }

    public static List<PendingCheckpoint> pendingCheckpoints(GroupState state) {
        Checkpoints checkpoints = state.checkpoints();
        return checkpoints.names().stream()
                .filter(name -> !checkpoints.isComplete(name) && !Checkpoints.isSilent(name))
                .map(name -> new PendingCheckpoint(
                        name, checkpoints.waiting().getOrDefault(name, Collections.emptySortedSet())))
                .toList();
    }

    public static SortedMap<String, StreamCut> lastRead(GroupState state) {
        return Cuts.byStream(state.lastRead());
    }

    public static SortedMap<String, StreamCut> lastCheckpoint(GroupState state) {
        return Cuts.byStream(state.checkpoints().last());
    }

    /** The settings of the group, but for where it begins. */
    public static ReaderGroupConfiguration startingAt(GroupState state, Map<String, StreamCut> cuts) {
        Map<StreamName, StreamCut> byName = new HashMap<>();
        cuts.forEach((stream, cut) -> byName.put(StreamName.of(stream), cut));
        return state.config().settings().from(byName);
    }

    /** A name that nobody else has for a checkpoint that nobody is shown. */
    public static String silentName() {
        byte[] random = new byte[SILENT_NAME_BYTES];
        RANDOM.nextBytes(random);
        return Checkpoints.silent(Base64.getEncoder().encodeToString(random));
    }
}
