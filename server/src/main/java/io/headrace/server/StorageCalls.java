/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.metrics.Metric;
import io.headrace.server.metrics.Samples;
import io.headrace.tiering.Callback;
import io.headrace.tiering.StorageException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How calls of a storage have ended and how long they took, until whoever made them was told. From any thread. */
final class StorageCalls {
    /** What a storage is asked. */
    enum Operation {
        IDENTITY,
        PUT,
        CREATE,
        WRITE,
        READ,
        LENGTH,
        EXISTS,
        SEAL,
        DELETE,
        LIST,
        MERGE
    }

    /** Upper bounds of the buckets, in milliseconds; there is one more bucket without a bound. */
    private static final int[] BOUNDS = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000};

    /** The calls of one kind. */
    private static final class Calls {
        final LongAdder succeeded = new LongAdder();
        final Map<StorageException.Kind, LongAdder> failed = new ConcurrentHashMap<>();
        final AtomicLongArray buckets = new AtomicLongArray(BOUNDS.length + 1);
        final LongAdder nanos = new LongAdder();

        void took(long time) {
            long millis = TimeUnit.NANOSECONDS.toMillis(time);
            int bucket = 0;
            while (bucket < BOUNDS.length && millis >= BOUNDS[bucket]) {
                bucket++;
            }
            buckets.incrementAndGet(bucket);
            nanos.add(time);
        }

        long[] counts() {
            long[] counts = new long[BOUNDS.length + 1];
            Arrays.setAll(counts, buckets::get);
            return counts;
        }
    }

    private final Map<Operation, Calls> operations = new ConcurrentHashMap<>();

    /** A call begins; it is counted when the callback is called. */
    <T> Callback<T> begin(Operation operation, Callback<T> callback) {
        long begun = System.nanoTime();
        return Callback.of(
                value -> {
                    Calls calls = of(operation);
                    calls.succeeded.increment();
                    calls.took(System.nanoTime() - begun);
                    callback.done(value);
                },
                failure -> {
                    Calls calls = of(operation);
                    calls.failed
                            .computeIfAbsent(failure.kind(), kind -> new LongAdder())
                            .increment();
                    calls.took(System.nanoTime() - begun);
                    callback.failed(failure);
                });
    }

    private Calls of(Operation operation) {
        return operations.computeIfAbsent(operation, key -> new Calls());
    }

    /** Adds the operations that there have been. */
    void addTo(Samples samples) {
        operations.forEach((operation, calls) -> {
            String name = name(operation);
            samples.add(Metric.STORAGE_CALLS, calls.succeeded.sum(), name, "ok");
            calls.failed.forEach((kind, count) -> samples.add(Metric.STORAGE_CALLS, count.sum(), name, name(kind)));
            samples.add(Metric.STORAGE_CALL_SECONDS, bounds(), calls.counts(), calls.nanos.sum() / 1e9, name);
        });
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static double[] bounds() {
        double[] seconds = new double[BOUNDS.length + 1];
        for (int i = 0; i < BOUNDS.length; i++) {
            seconds[i] = BOUNDS[i] / 1e3;
        }
        seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }
}
