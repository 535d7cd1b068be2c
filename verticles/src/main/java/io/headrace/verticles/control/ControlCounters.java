/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a controller has been asked since it started. From any thread. */
public final class ControlCounters {
    private final LongAdder calls = new LongAdder();
    private final Map<GrpcStatus, LongAdder> failures = new ConcurrentHashMap<>();

    void called() {
        calls.increment();
    }

    void failed(GrpcStatus status) {
        failures.computeIfAbsent(status, key -> new LongAdder()).increment();
    }

    /** Calls that have come. */
    public long calls() {
        return calls.sum();
    }

    /** Calls that were answered with a status other than OK, by its name. */
    public Map<String, Long> failures() {
        Map<String, Long> sums = new TreeMap<>();
        failures.forEach((status, count) -> sums.put(String.valueOf(status), count.sum()));
        return sums;
    }
}
