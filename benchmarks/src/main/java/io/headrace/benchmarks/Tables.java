/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.tables.KeyValueTable;
import io.pravega.client.tables.Put;
import io.pravega.client.tables.TableKey;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A key-value table of one partition, with keys of 8 bytes and values of 100 bytes: unconditional puts and gets, one at a
 * time and many. Each key of the table is another entry; gets find what was put, all over the table.
 */
final class Tables {
    private static final int KEY_BYTES = 8;
    private static final int VALUE_BYTES = 100;
    private static final int AT_A_TIME = 100;
    private static final int WARM_UP_SECONDS = 15;
    private static final int LONE_CALLS = 2_000;
    private static final int PIPELINED_WARM_UP_SECONDS = 4;
    private static final int PIPELINED_SECONDS = 10;

    private Tables() {}

    static void measure(Client client, Results results) throws Exception {
        try (KeyValueTable table = client.createTable("table", KEY_BYTES)) {
            Histogram puts = lone(i -> put(table, i));
            results.addMillis(Metric.PUT_P50, puts, 50);
            results.addMillis(Metric.PUT_P99, puts, 99);
            Histogram gets = lone(i -> table.get(key(i % LONE_CALLS)));
            results.addMillis(Metric.GET_P50, gets, 50);
            results.addMillis(Metric.GET_P99, gets, 99);
            Pipelined put = new Pipelined(i -> put(table, i));
            results.add(Metric.PUTS, put.run());
            int keys = put.made;
            results.add(Metric.GETS, new Pipelined(i -> table.get(key((int) (i * 7_919L % keys)))).run());
        }
    }

    private static CompletableFuture<?> put(KeyValueTable table, int i) {
        return table.update(new Put(key(i), ByteBuffer.allocate(VALUE_BYTES).putInt(0, i)));
    }

    private static TableKey key(int i) {
        return new TableKey(ByteBuffer.allocate(KEY_BYTES).putLong(0, i));
    }

    /** Times of calls that are made one after the other, in nanoseconds. */
    private static Histogram lone(IntFunction<CompletableFuture<?>> call) throws Exception {
        Histogram nanos = new Histogram(3);
        long from = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        for (int i = 0; nanos.getTotalCount() < LONE_CALLS; i++) {
            long asked = System.nanoTime();
            call.apply(i).get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (asked >= from) {
                nanos.recordValue(System.nanoTime() - asked);
            }
        }
        return nanos;
    }

    /** Calls of which there are {@link #AT_A_TIME} at each moment. */
    private static final class Pipelined {
        private final IntFunction<CompletableFuture<?>> call;
        private final Semaphore free = new Semaphore(AT_A_TIME);
        private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        private int made;

        Pipelined(IntFunction<CompletableFuture<?>> call) {
            this.call = call;
        }

        /** Makes calls for some time; gives how many ended in a second. */
        double run() throws Exception {
            make(PIPELINED_WARM_UP_SECONDS);
            int before = made;
            long start = System.nanoTime();
            make(PIPELINED_SECONDS);
            return (made - before) * 1e9 / (System.nanoTime() - start);
        }

        private void make(int seconds) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (failed.get() == null && System.nanoTime() < deadline) {
                if (free.tryAcquire(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    var unused = call.apply(made++).whenComplete((done, failure) -> {
                        if (failure != null) {
                            failed.compareAndSet(null, failure);
                        }
                        free.release();
                    });
                }
            }
            if (!free.tryAcquire(AT_A_TIME, Client.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the table does not answer");
            }
            free.release(AT_A_TIME);
            Throwable failure = failed.get();
            if (failure != null) {
                throw new IllegalStateException("a call failed", failure);
            }
        }
    }
}
