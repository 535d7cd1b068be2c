/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The checkpoints of a group. A checkpoint is complete when no reader is waited for; one that was forgotten, too, but it
 * has no offsets. A silent one is there to find out where readers are, and is shown to nobody. Immutable.
 *
 * @param names in the order of creation
 * @param waiting the readers that have not passed yet, by checkpoint; none is empty
 * @param offsets where readers were, by checkpoint and segment
 * @param last offsets of the last checkpoint that was complete and not silent; empty if there was none
 * @param lastPublished whether the controller was told of that
 */
public record Checkpoints(
        List<String> names,
        SortedMap<String, SortedSet<String>> waiting,
        SortedMap<String, SortedMap<String, Long>> offsets,
        SortedMap<String, Long> last,
        boolean lastPublished) {
    private static final String SILENT = "_SILENT_";
    private static final int BUCKETS = 16;

    /** Before there was any. */
    public static final Checkpoints NONE =
            new Checkpoints(List.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), true);

    public Checkpoints {
        names = List.copyOf(names);
        waiting = Collections.unmodifiableSortedMap(waiting);
        offsets = Collections.unmodifiableSortedMap(offsets);
        last = Collections.unmodifiableSortedMap(last);
    }

    /** What the name of a silent checkpoint ends with. */
    public static String silent(String prefix) {
        return prefix + SILENT;
    }

    public static boolean isSilent(String name) {
        return name.contains(SILENT);
    }

    /** The checkpoint that a reader has to pass next. */
    public Optional<String> nextFor(String reader) {
        return names.stream()
                .filter(name -> {
                    SortedSet<String> readers = waiting.get(name);
                    return readers != null && readers.contains(reader);
                })
                .findFirst();
    }

    public boolean isComplete(String name) {
        return !waiting.containsKey(name);
    }

    /** How many are under way that are not silent. */
    public long outstanding() {
        return waiting.keySet().stream().filter(name -> !isSilent(name)).count();
    }

    /** Begins one, unless there is one of that name that was not forgotten. */
    Checkpoints create(String name, SortedSet<String> readers, SortedMap<String, Long> unassigned) {
        if (offsets.containsKey(name)) {
            return this;
        }
        List<String> allNames = new ArrayList<>(names);
        allNames.add(name);
        SortedMap<String, SortedSet<String>> allWaiting = new TreeMap<>(waiting);
        if (!readers.isEmpty()) {
            allWaiting.put(name, new TreeSet<>(readers));
        }
        SortedMap<String, SortedMap<String, Long>> allOffsets = new TreeMap<>(offsets);
        allOffsets.put(name, new TreeMap<>(unassigned));
        return new Checkpoints(allNames, allWaiting, allOffsets, last, lastPublished);
    }

    /** A reader passes; no effect if it was not waited for. */
    Checkpoints pass(String name, String reader, Map<String, Long> places) {
        SortedSet<String> before = waiting.get(name);
        if (before == null || !before.contains(reader)) {
            return this;
        }
        SortedMap<String, Long> merged = new TreeMap<>(offsets.getOrDefault(name, Collections.emptySortedMap()));
        merged.putAll(places);
        SortedMap<String, SortedMap<String, Long>> allOffsets = new TreeMap<>(offsets);
        allOffsets.put(name, merged);
        SortedMap<String, SortedSet<String>> allWaiting = new TreeMap<>(waiting);
        SortedSet<String> left = new TreeSet<>(before);
        left.remove(reader);
        if (!left.isEmpty()) {
            allWaiting.put(name, left);
            return new Checkpoints(names, allWaiting, allOffsets, last, lastPublished);
        }
        allWaiting.remove(name);
        return isSilent(name)
                ? new Checkpoints(names, allWaiting, allOffsets, last, lastPublished)
                : new Checkpoints(names, allWaiting, allOffsets, merged, false);
    }

    /**
     * A reader is gone: it passes all that wait for it. The one that is completed last is the last checkpoint, so the order
     * matters; it is that of a small hash table, in which the published client keeps them.
     */
    Checkpoints removeReader(String reader, Map<String, Long> places) {
        Checkpoints next = this;
        for (String name : names.stream()
                .sorted(Comparator.comparingInt(Checkpoints::bucket))
                .toList()) {
            next = next.pass(name, reader, places);
        }
        return next;
    }

    private static int bucket(String name) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 16) & (BUCKETS - 1);
    }

    /** Forgets all that are older; nothing if there is none of that name. */
    Checkpoints clearBefore(String name) {
        if (!offsets.containsKey(name)) {
            return this;
        }
        int position = names.indexOf(name);
        List<String> older = names.subList(0, position);
        return keep(names.subList(position, names.size()), other -> !older.contains(other));
    }

    Checkpoints removeOutstanding() {
        return keep(names, name -> isSilent(name) || isComplete(name));
    }

    private Checkpoints keep(List<String> allNames, Predicate<String> kept) {
        SortedMap<String, SortedSet<String>> allWaiting = new TreeMap<>(waiting);
        allWaiting.keySet().removeIf(kept.negate());
        SortedMap<String, SortedMap<String, Long>> allOffsets = new TreeMap<>(offsets);
        allOffsets.keySet().removeIf(kept.negate());
        return new Checkpoints(allNames, allWaiting, allOffsets, last, lastPublished);
    }

    Checkpoints published(boolean published) {
        return new Checkpoints(names, waiting, offsets, last, published);
    }
}
