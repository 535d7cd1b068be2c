/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentMemory;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.segments.Tier;
import io.headrace.engine.segments.TierLimits;
import io.headrace.engine.segments.TierOptions;
import io.headrace.engine.segments.TierStatus;
import io.headrace.tiering.StorageTraits;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Long-term storage for the machines of a simulation, with bounds so small that everything happens often. */
final class SimulatedTier {
    /** So few that segments become rows and objects again all the time. */
    static final SegmentMemory MEMORY = SegmentMemory.ofIdle(2);

    final SimulatedChunkStorage storage;
    private final TierOptions options;
    private final MemoryBudget blocks = Tier.blocks(0, 1);
    private SegmentsMachine newest = untiered();
    private TierStatus status = TierStatus.NEW;

    SimulatedTier(Simulation simulation) {
        RandomGenerator random = simulation.random();
        boolean merges = random.nextInt(4) != 0;
        StorageTraits traits = new StorageTraits(random.nextInt(3) != 0, 1, merges, merges && random.nextBoolean());
        this.storage = new SimulatedChunkStorage(simulation, traits);
        this.options = new TierOptions(
                1 + random.nextInt(4_000),
                random.nextInt(100),
                1 + random.nextInt(100_000),
                new TierLimits(
                        1 + random.nextInt(8_000),
                        1 + random.nextInt(16_000),
                        1 + random.nextInt(40_000),
                        1 + random.nextInt(4),
                        1 + random.nextInt(3),
                        random.nextInt(1_000),
                        2 + random.nextInt(3)));
    }

    SimulatedTier(Simulation simulation, TierOptions options, StorageTraits traits) {
        this.storage = new SimulatedChunkStorage(simulation, traits);
        this.options = options;
    }

    /** What an owner said last. */
    TierStatus status() {
        return status;
    }

    /** A machine without long-term storage. */
    static SegmentsMachine untiered() {
        return new SegmentsMachine(PooledByteBufAllocator.DEFAULT, LoadOptions.DEFAULT, LoadReports.NONE, null, MEMORY);
    }

    SegmentsMachine machine(Loop loop, Consumer<SegmentCommand> self) {
        newest = new SegmentsMachine(
                PooledByteBufAllocator.DEFAULT,
                LoadOptions.DEFAULT,
                LoadReports.NONE,
                new Tier("p0", storage, loop::execute, self, options, blocks, now -> status = now),
                MEMORY);
        return newest;
    }

    /** Segments that the newest owner has in memory. */
    int hotSegments() {
        return newest.hotSegments();
    }

    /** Whether everything is in chunks, and the storage has no others than the partition knows. */
    boolean hasSettled() {
        return status.state() == TierStatus.State.RUNNING
                && status.waitingBytes() == 0
                && status.chunks() == storage.names().size();
    }
}
