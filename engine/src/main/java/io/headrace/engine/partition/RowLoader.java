/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.RowRead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Fetches rows that commands need and that are not in memory. Each command gets its own, so it has them when it is executed
 * again, whatever else is read meanwhile. Few loads run at a time, which bounds the memory that loaded rows take; the
 * number of commands that wait behind them is bounded, too.
 */
final class RowLoader {
    private static final int LOADS_MAX = 8;
    private static final int WAITING_MAX = 16_384;

    /** Who waits for rows. */
    interface Waiter {
        void loaded(LoadedRows rows);

        void lost(String reason);
    }

    private record Load(List<RowRead> reads, LoadedRows into, Waiter waiter) {}

    private final LayeredState rows;
    private final Consumer<Throwable> failed;
    private final Deque<Load> waiting = new ArrayDeque<>();
    private final Deque<Load> loading = new ArrayDeque<>();
    private boolean closed;

    RowLoader(LayeredState rows, Consumer<Throwable> failed) {
        this.rows = rows;
        this.failed = failed;
    }

    /** @param into has what was loaded for the same command before */
    void load(List<RowRead> reads, LoadedRows into, Waiter waiter) {
        if (closed || waiting.size() >= WAITING_MAX) {
            waiter.lost(closed ? "the partition is lost" : "too many commands wait for rows already");
            return;
        }
        waiting.addLast(new Load(reads, into, waiter));
        loadNext();
    }

    void close(String reason) {
        closed = true;
        List<Load> all = new ArrayList<>(loading);
        all.addAll(waiting);
        loading.clear();
        waiting.clear();
        all.forEach(load -> load.waiter.lost(reason));
    }

    private void loadNext() {
        while (!closed && loading.size() < LOADS_MAX && !waiting.isEmpty()) {
            Load next = waiting.removeFirst();
            loading.addLast(next);
            rows.base().load(next.reads, next.into, Callback.of(loaded -> loaded(next), cause -> {
                if (!closed) {
                    failed.accept(cause);
                }
            }));
        }
    }

    private void loaded(Load load) {
        if (!closed) {
            loading.remove(load);
            load.waiter.loaded(load.into);
            loadNext();
        }
    }
}
