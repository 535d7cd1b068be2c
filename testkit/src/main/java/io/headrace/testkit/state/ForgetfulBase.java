/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

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
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A base that has, or has not, a row in memory whenever it is asked, as chance will have it; and gives no more than it must. */
public final class ForgetfulBase implements StateBase {
    /** Few, so that walks need several loads. */
    private static final int MAX_PART_ROWS = 3;

    private final HeapBase rows;
    private final BooleanSupplier forgets;
    private final Consumer<Runnable> later;

    /**
     * @param rows what it has really
     * @param later runs a load after a while, on the loop of who asked
     */
    public ForgetfulBase(HeapBase rows, BooleanSupplier forgets, Consumer<Runnable> later) {
        this.rows = rows;
        this.forgets = forgets;
        this.later = later;
    }

    /** What it has really. */
    public HeapBase rows() {
        return rows;
    }

    @Override
    public byte @Nullable [] head(long map, byte[] key, int length) {
        if (forgets.getAsBoolean()) {
            throw new NotInMemory(List.of(new RowRead.Key(map, key, length)));
        }
        return cut(rows.head(map, key, length), length);
    }

    private static byte @Nullable [] cut(byte @Nullable [] value, int length) {
        return value == null || value.length <= length ? value : Arrays.copyOf(value, length);
    }

    @Override
    public ByteScan scan(long map, byte[] from) {
        ByteScan scan = rows.scan(map, from);
        return new ByteScan() {
            private byte[] at = from;

            @Override
            public boolean next() {
                if (forgets.getAsBoolean()) {
                    throw new NotInMemory(List.of(new RowRead.Range(map, at)));
                }
                boolean found = scan.next();
                if (found) {
                    at = Arrays.copyOf(scan.key(), scan.key().length + 1);
                }
                return found;
            }

            @Override
            public byte[] key() {
                return scan.key();
            }

            @Override
            public byte[] value() {
                return scan.value();
            }

            @Override
            public void close() {
                scan.close();
            }
        };
    }

    @Override
    public void load(List<Request> requests, Callback<Done> loaded) {
        later.accept(() -> {
            boolean first = true;
            for (Request request : requests) {
                for (RowRead read : request.reads()) {
                    if (first || !forgets.getAsBoolean()) {
                        load(read, request.into());
                    }
                    first = false;
                }
            }
            loaded.done(Done.DONE);
        });
    }

    private void load(RowRead read, LoadedRows into) {
        if (read instanceof RowRead.Key key) {
            into.add(key, cut(rows.head(key.map(), key.key(), key.length()), key.length()));
        } else if (read instanceof RowRead.Range range) {
            List<Row> found = new ArrayList<>();
            boolean more = true;
            try (ByteScan scan = rows.scan(range.map(), range.key())) {
                while (found.size() < MAX_PART_ROWS && more) {
                    more = scan.next();
                    if (more) {
                        found.add(new Row(scan.key(), scan.value()));
                    }
                }
            }
            into.add(range, found, !more);
        }
    }
}
