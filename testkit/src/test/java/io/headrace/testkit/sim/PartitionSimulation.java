/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.StateMachine;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One partition under fire: its owners crash, stall, close and are replaced while they run, and storage fails. After a
 * while everything heals, and what is left must come to an end.
 */
final class PartitionSimulation<C, R> {
    private static final long MAX_STEPS = 1_000_000;
    private static final long SETTLE_MICROS = 5_000_000;

    final Simulation simulation;
    final SimulatedLogStore logs;
    final SimulatedCheckpointStore checkpoints;
    final SimulatedPartition<C, R> partition;

    private final RandomGenerator random;
    private final Misfortune misfortune;
    private final Consumer<Supplier<Faults>> others;

    PartitionSimulation(Simulation simulation, Supplier<? extends StateMachine<C, R>> machines) {
        this(simulation, (loop, self) -> machines.get(), faults -> {});
    }

    /** @param others is given the faults of further storage */
    PartitionSimulation(
            Simulation simulation, SimulatedPartition.Machines<C, R> machines, Consumer<Supplier<Faults>> others) {
        this.others = others;
        this.simulation = simulation;
        this.random = simulation.random();
        this.logs = new SimulatedLogStore(simulation, PooledByteBufAllocator.DEFAULT);
        this.checkpoints = new SimulatedCheckpointStore(simulation, PooledByteBufAllocator.DEFAULT);
        PartitionOptions options = new PartitionOptions(
                1 + random.nextInt(6),
                8L << 20,
                PartitionOptions.moreTail(8L << 20, 1),
                2L << 20,
                2_000_000,
                1 + random.nextInt(1 + random.nextInt(200)),
                random.nextBoolean() ? 1 << 20 : 1 + random.nextInt(10_000),
                random.nextBoolean() ? 600_000 : 1 + random.nextInt(2_000),
                false);
        this.partition = new SimulatedPartition<>(simulation, "p0", logs, checkpoints, machines, options);
        int pace = 2_000 + random.nextInt(60_000);
        this.misfortune = new Misfortune(simulation, partition, pace, this::changeFaults);
    }

    /** Lets owners and storage fail for a while of virtual time. */
    void chaos(long micros) {
        changeFaults();
        misfortune.start();
        long end = simulation.micros() + micros;
        simulation.after(micros, () -> {});
        simulation.runUntil(
                () -> {
                    partition.checkRecoverable();
                    return simulation.micros() >= end;
                },
                MAX_STEPS,
                "the end of the chaos");
    }

    /** Ends all faults, starts a last owner and waits for {@code done}; that owner must not be lost again. */
    void heal(java.util.function.BooleanSupplier done) {
        misfortune.end();
        Faults slow = random.nextBoolean() ? Faults.NONE : Faults.slow(random);
        logs.faults(slow);
        checkpoints.faults(slow);
        others.accept(() -> slow);
        // Takeovers that are under way come to an end, and none can disturb the last one.
        simulation.runFor(SETTLE_MICROS);
        var last = partition.start();
        simulation.runUntil(
                () -> {
                    partition.checkRecoverable();
                    if (last.isGone()) {
                        throw simulation.violation(last + " was lost without a fault: " + last.cause());
                    }
                    return last.isServing() && done.getAsBoolean() && last.unanswered() == 0;
                },
                MAX_STEPS,
                "all is done after all has healed");
        last.close();
        simulation.runUntil(last::isGone, MAX_STEPS, "the last owner has closed");
        if (!Arrays.equals(last.snapshot(), partition.replayAll())) {
            throw simulation.violation("the closed owner's state is not what its log implies");
        }
        partition.crashAll();
        simulation.runUntilIdle(MAX_STEPS);
        partition.checkAnswered();
    }

    private void changeFaults() {
        logs.faults(Faults.swarm(random));
        checkpoints.faults(Faults.swarm(random));
        others.accept(() -> Faults.swarm(random));
    }
}
