/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks.micro;

import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.Slots;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Where an event goes: the place of its key, and the slot of its segment. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Hashing {
    private final String key = "user-4711";
    private final String segment = "scope/stream/3.#epoch.2";

    @Benchmark
    public double routingKey() {
        return RoutingKeyHash.position(key);
    }

    @Benchmark
    public int slot() {
        return Slots.of(segment);
    }
}
