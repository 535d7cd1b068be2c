/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.Row;
import io.headrace.engine.state.RowRead;
import io.headrace.engine.state.StateBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A base that never has anything in memory: all must be loaded, in a task of the loop; the counter hears of each load. */
record AbsentBase(HeapBase rows, Queue<Runnable> loop, Runnable counter) implements StateBase {

    @Override
    public byte @Nullable [] head(long map, byte[] key, int length) {
        throw new NotInMemory(List.of(new RowRead.Key(map, key, length)));
    }

    @Override
    public ByteScan scan(long map, byte[] from) {
        return new ByteScan() {
            @Override
            public boolean next() {
                throw new NotInMemory(List.of(new RowRead.Range(map, from)));
            }

            @Override
            public byte[] key() {
                return EMPTY.key();
            }

            @Override
            public byte[] value() {
                return EMPTY.value();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void load(List<Request> requests, Callback<Done> loaded) {
        counter.run();
        loop.add(() -> {
            requests.forEach(request -> request.reads().forEach(read -> load(read, request.into())));
            loaded.done(Done.DONE);
        });
    }

    private void load(RowRead read, LoadedRows into) {
        if (read instanceof RowRead.Key key) {
            into.add(key, rows.head(key.map(), key.key(), key.length()));
        } else if (read instanceof RowRead.Range range) {
            into.add(range, all(range), true);
        }
    }

    private List<Row> all(RowRead.Range range) {
        List<Row> found = new ArrayList<>();
        try (ByteScan scan = rows.scan(range.map(), range.key())) {
            while (scan.next()) {
                found.add(new Row(scan.key(), scan.value()));
            }
        }
        return found;
    }
}
