/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.server.demo.ClockChanges.Change;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Compares what was read with what was sent: every event of each key, once, in order. */
final class OrderCheck {
    private static final int REPORTED = 5;

    private final Map<String, Queue<String>> expected = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int read;
    private int wrong;

    OrderCheck(List<Change> sent) {
        for (Change change : sent) {
            expected.computeIfAbsent(change.zone(), zone -> new ArrayDeque<>()).add(change.json());
        }
    }

    void read(String event) {
        read++;
        String zone = zoneOf(event);
        Queue<String> queue = expected.get(zone);
        String next = queue == null ? null : queue.peek();
        if (queue == null || next == null) {
            report("not sent, or read twice: " + event);
        } else if (!next.equals(event)) {
            report("out of order in " + zone + ": expected " + next + ", read " + event);
            queue.remove(event);
        } else {
            queue.remove();
        }
    }

    /** What is wrong, after everything has been read: the first few, and how many there are. Empty if all is well. */
    List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        if (wrong > problems.size()) {
            all.add("and " + (wrong - problems.size()) + " more like these");
        }
        int missing = expected.values().stream().mapToInt(Queue::size).sum();
        if (missing > 0) {
            all.add(missing + " events are missing");
        }
        return all;
    }

    int eventsRead() {
        return read;
    }

    private void report(String problem) {
        wrong++;
        if (problems.size() < REPORTED) {
            problems.add(problem);
        }
    }

    private static String zoneOf(String event) {
        try {
            return new JsonObject(event).getString("zone", "");
        } catch (DecodeException | ClassCastException e) {
            return "";
        }
    }
}
