/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.internal.control.StreamCalls.Successor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * In which order segments may be read, so that the events of a key stay in order: a segment is begun when all that it takes
 * over from are finished. A finished segment is <em>settled</em> when all that take over from it have begun; until then a
 * position has to name it. Not thread-safe.
 */
final class Succession {
    private final Set<Long> begun = new HashSet<>();
    private final Set<Long> finished = new HashSet<>();

    /** Those that wait for others, by id. */
    private final Map<Long, Successor> waiting = new LinkedHashMap<>();

    /** Finished segments, with the successors that have not begun. */
    private final Map<Long, Set<Long>> unsettled = new HashMap<>();

    /** A segment that is read from the start. */
    void begin(long segment) {
        begun.add(segment);
    }

    /** A segment was read to its end, and {@code successors} take over; returns those that may be begun. */
    List<Successor> finish(long segment, List<Successor> successors) {
        finished.add(segment);
        Set<Long> toBegin = new HashSet<>();
        for (Successor successor : successors) {
            long id = successor.segment().id();
            if (!begun.contains(id)) {
                waiting.putIfAbsent(id, successor);
                toBegin.add(id);
            }
        }
        unsettled.put(segment, toBegin);
        return beginReady();
    }

    private List<Successor> beginReady() {
        List<Successor> ready = new ArrayList<>();
        for (Successor successor : waiting.values()) {
            if (finished.containsAll(successor.predecessors())) {
                ready.add(successor);
            }
        }
        ready.forEach(this::begin);
        return ready;
    }

    private void begin(Successor successor) {
        long id = successor.segment().id();
        waiting.remove(id);
        begun.add(id);
        unsettled.values().forEach(successors -> successors.remove(id));
    }

    /** Segments that have become settled since this was called last. */
    List<Long> takeSettled() {
        List<Long> settled = unsettled.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        settled.forEach(unsettled::remove);
        return settled;
    }

    /**
     * Begins all that wait although some predecessor never came: to be called when nothing else is left to read, which
     * happens if the reading began at a position that leaves out part of the key space.
     */
    List<Successor> beginWaiting() {
        List<Successor> all = List.copyOf(waiting.values());
        all.forEach(this::begin);
        return all;
    }
}
