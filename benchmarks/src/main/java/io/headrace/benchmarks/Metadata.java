/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What it costs to ask for the current segments of a stream when the scope has very many streams. */
final class Metadata {
    private static final int STREAMS = 10_000;
    private static final int AT_A_TIME = 16;

    /** A server that has not created all streams by then is asked about those it has. */
    private static final long CREATION_SECONDS = 60;

    private static final int WARM_UP = 2_000;
    private static final int LOOKUPS = 5_000;
    private static final int PARALLEL_LOOKUPS = 20_000;

    private Metadata() {}

    static void measure(Client client, Results results) throws Exception {
        long start = System.nanoTime();
        int streams = run(
                STREAMS,
                start + TimeUnit.SECONDS.toNanos(CREATION_SECONDS),
                i -> client.controller.createStream(client.scope, name(i), Client.fixed(1)));
        results.add(Metric.STREAMS, streams);
        results.add(Metric.STREAMS_CREATED, streams / seconds(start));

        Histogram nanos = new Histogram(3);
        for (int i = 0; i < WARM_UP + LOOKUPS; i++) {
            long asked = System.nanoTime();
            lookup(client, i, streams).get(Client.TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (i >= WARM_UP) {
                nanos.recordValue(System.nanoTime() - asked);
            }
        }
        results.addMillis(Metric.LOOKUP_P50, nanos, 50);
        results.addMillis(Metric.LOOKUP_P99, nanos, 99);

        start = System.nanoTime();
        int lookups = run(
                PARALLEL_LOOKUPS, start + TimeUnit.SECONDS.toNanos(CREATION_SECONDS), i -> lookup(client, i, streams));
        results.add(Metric.LOOKUPS, lookups / seconds(start));
    }

    /** A different stream each time, all over the scope. */
    private static CompletableFuture<?> lookup(Client client, int i, int streams) {
        return client.controller.getCurrentSegments(client.scope, name((int) (i * 7_919L % streams)));
    }

    private static String name(int i) {
        return "stream-" + i;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Makes calls, {@link #AT_A_TIME} at a time, until there are enough or it is late; returns how many, when all have ended. */
    private static int run(int calls, long deadline, IntFunction<CompletableFuture<?>> call) throws Exception {
        Semaphore free = new Semaphore(AT_A_TIME);
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        int made = 0;
        while (made < calls && failed.get() == null && System.nanoTime() < deadline) {
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
            throw new IllegalStateException("the controller does not answer");
        }
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("a call failed", failure);
        }
        return made;
    }
}
