/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Runs a simulation for many seeds. {@code -Dheadrace.seed=n} runs one seed only, {@code -Dheadrace.seeds=n} runs that
 * many. Each run must give back every buffer: counted exactly, so that the sampling leak detector can stay off.
 */
public final class Seeds {
    private Seeds() {}

    public static void run(int usual, LongConsumer simulation) {
        Long single = Long.getLong("headrace.seed");
        long first = single == null ? 1 : single;
        long count = single == null ? Integer.getInteger("headrace.seeds", usual) : 1;
        for (long seed = first; seed < first + count; seed++) {
            run(seed, simulation);
        }
    }

    private static void run(long seed, LongConsumer simulation) {
        try {
            counting(() -> simulation.accept(seed));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " failed; again with -Dheadrace.seed=" + seed + ": " + e, e);
        }
    }

    /** Runs something that must give back every buffer, without the leak detector. */
    public static void counting(Runnable simulation) {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            long before = buffers();
            simulation.run();
            long leaked = buffers() - before;
            if (leaked != 0) {
                throw new AssertionError(leaked + " buffers leaked");
            }
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static long buffers() {
        var metric = PooledByteBufAllocator.DEFAULT.metric();
        return Stream.concat(metric.directArenas().stream(), metric.heapArenas().stream())
                .mapToLong(PoolArenaMetric::numActiveAllocations)
                .sum();
    }
}
