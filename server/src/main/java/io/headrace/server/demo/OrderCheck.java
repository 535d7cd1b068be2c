/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.server.demo.WikipediaEdits.Edit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Compares what was read with what was to be stored: every event of each key, once, in order. */
final class OrderCheck {
    private static final int REPORTED = 5;

    private final Map<String, Queue<String>> expected = new HashMap<>();
    private final List<Edit> read = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int wrong;

    OrderCheck(List<Edit> edits) {
        for (Edit edit : edits) {
            expected.computeIfAbsent(edit.wiki(), wiki -> new ArrayDeque<>()).add(edit.json());
        }
    }

    void read(String event) {
        try {
            read(Edit.parse(event));
        } catch (IllegalArgumentException e) {
            report("not sent: " + event);
        }
    }

    private void read(Edit edit) {
        read.add(edit);
        Queue<String> queue = expected.get(edit.wiki());
        String next = queue == null ? null : queue.peek();
        if (queue == null || next == null) {
            report("not sent, or read twice: " + edit.json());
        } else if (next.equals(edit.json())) {
            queue.remove();
        } else {
            report("out of order in " + edit.wiki() + ": expected " + next + ", read " + edit.json());
            queue.remove(edit.json());
        }
    }

    /** The edits among what was read. */
    List<Edit> edits() {
        return read;
    }

    /** What is wrong, after everything has been read: the first few, and how many there are. Empty if all is well. */
    List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        if (wrong > problems.size()) {
            all.add("and " + (wrong - problems.size()) + " more like these");
        }
        int missing = expected.values().stream().mapToInt(Queue::size).sum();
        if (missing > 0) {
            all.add("missing: " + missing);
        }
        return all;
    }

    private void report(String problem) {
        wrong++;
        if (problems.size() < REPORTED) {
            problems.add(problem);
        }
    }
}
