/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.RowRead;
import io.headrace.engine.state.StateBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Fetches rows that commands need and that are not in memory. Each command gets its own, so it has them when it is executed
 * again, whatever else is read meanwhile. Few loads run at a time, each for as many commands as wait, and a command that
 * needs more after its first load goes before those that wait for theirs: that bounds the memory that loaded rows take.
 * The number of commands that wait is bounded, too; what they hold is memory of who sent them, who counts it.
 */
final class RowLoader {
    private static final int LOADS_MAX = 8;
    private static final int WAITING_MAX = 16_384;

    /** Commands whose rows are loaded together. */
    private static final int TOGETHER_MAX = 64;

    /** A command that is put aside until rows have been loaded. */
    abstract static class Aside {
        private long number;
        private List<RowRead> reads = List.of();

        /** What has been loaded for it so far. */
        private LoadedRows rows;

        Aside(LoadedRows rows) {
            this.rows = rows;
        }

        LoadedRows rows() {
            return rows;
        }

        abstract void loaded();

        abstract void lost(String reason);
    }

    private record Behind(long number, Runnable action) {}

    private final LayeredState rows;
    private final Consumer<Throwable> failed;
    private final Deque<Aside> waiting = new ArrayDeque<>();
    private final Set<Aside> loading = new LinkedHashSet<>();
    private int loads;

    /** All that have begun and not ended, in ascending order of their numbers. */
    private final Set<Aside> aside = new LinkedHashSet<>();

    private final Deque<Behind> behind = new ArrayDeque<>();
    private long last;
    private boolean closed;

    RowLoader(LayeredState rows, Consumer<Throwable> failed) {
        this.rows = rows;
        this.failed = failed;
    }

    /** Loads rows for a command that has not been put aside before. */
    void load(List<RowRead> reads, Aside command) {
        if (closed || waiting.size() >= WAITING_MAX) {
            command.lost(closed ? "the partition is lost" : "too many commands wait for rows already");
            return;
        }
        command.number = ++last;
        command.reads = reads;
        aside.add(command);
        waiting.addLast(command);
        loadNext();
    }

    /** Loads more rows for a command that needs them beside those that it has. */
    void loadMore(List<RowRead> reads, Aside command) {
        if (closed) {
            command.lost("the partition is lost");
            return;
        }
        if (!rows.isCurrent(command.rows)) {
            command.rows = rows.missing();
        }
        command.reads = reads;
        waiting.addFirst(command);
        loadNext();
    }

    /** A command was executed and is not put aside any more. */
    void ended(Aside command) {
        aside.remove(command);
        long first = aside.isEmpty() ? Long.MAX_VALUE : aside.iterator().next().number;
        while (!behind.isEmpty() && behind.getFirst().number < first) {
            behind.removeFirst().action.run();
        }
    }

    /** Runs an action when all commands that are put aside now have ended; never if there are none, or the partition is lost. */
    void whenOthersEnded(Runnable action) {
        if (!aside.isEmpty()) {
            behind.addLast(new Behind(last, action));
        }
    }

    void close(String reason) {
        closed = true;
        List<Aside> all = new ArrayList<>(loading);
        all.addAll(waiting);
        loading.clear();
        waiting.clear();
        aside.clear();
        behind.clear();
        all.forEach(command -> command.lost(reason));
    }

    /** Begins loads. What waits is divided among those that may run, for each costs the way to another thread and back. */
    private void loadNext() {
        while (!closed && loads < LOADS_MAX && !waiting.isEmpty()) {
            int free = LOADS_MAX - loads;
            int count = Math.min(TOGETHER_MAX, (waiting.size() + free - 1) / free);
            List<Aside> together = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                together.add(waiting.removeFirst());
            }
            loads++;
            loading.addAll(together);
            List<StateBase.Request> requests = together.stream()
                    .map(command -> new StateBase.Request(command.reads, command.rows))
                    .toList();
            rows.base().load(requests, Callback.of(done -> loaded(together), cause -> {
                if (!closed) {
                    failed.accept(cause);
                }
            }));
        }
    }

    private void loaded(List<Aside> together) {
        loads--;
        for (Aside command : together) {
            if (closed) {
                return;
            }
            loading.remove(command);
            command.loaded();
        }
        loadNext();
    }
}
