/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A whole run of a {@code segments} partition: writers, readers, operators and transactions, chaos, healing, verdict. */
final class SegmentsSimulation {
    final Simulation simulation;
    final PartitionSimulation<SegmentCommand, SegmentReply> cluster;
    final SegmentsWorld world;
    final @Nullable SimulatedTier tier;
    private final List<SegmentWriter> writers = new ArrayList<>();
    private final List<SegmentTransactor> transactors = new ArrayList<>();
    private final List<SegmentClient> clients = new ArrayList<>();

    SegmentsSimulation(long seed) {
        this(seed, SimulatedTier::untiered);
    }

    SegmentsSimulation(long seed, Supplier<? extends StateMachine<SegmentCommand, SegmentReply>> machines) {
        this(new Simulation(seed), null, (loop, self) -> machines.get());
    }

    /** A run with long-term storage that is small, slow and fails. */
    static SegmentsSimulation tiered(long seed) {
        Simulation simulation = new Simulation(seed);
        SimulatedTier tier = new SimulatedTier(simulation);
        return new SegmentsSimulation(simulation, tier, tier::machine);
    }

    private SegmentsSimulation(
            Simulation simulation,
            @Nullable SimulatedTier tier,
            SimulatedPartition.Machines<SegmentCommand, SegmentReply> machines) {
        this.simulation = simulation;
        this.tier = tier;
        cluster = new PartitionSimulation<>(simulation, machines, faults -> {
            if (tier != null) {
                tier.storage.faults(faults.get());
            }
        });
        world = new SegmentsWorld(simulation, cluster.partition);
        var random = simulation.random();
        for (SegmentsWorld.Lane lane : world.lanes) {
            clients.add(new SegmentOperator(world, lane));
            for (int i = random.nextInt(3); i >= 0; i--) {
                writers.add(new SegmentWriter(world, lane, 1 + writers.size(), 30 + random.nextInt(300)));
            }
            if (random.nextBoolean()) {
                transactors.add(new SegmentTransactor(world, lane, 1000 * (1 + transactors.size())));
            }
        }
        clients.addAll(writers);
        clients.addAll(transactors);
        for (int i = random.nextInt(3); i >= 0; i--) {
            clients.add(new SegmentReader(world));
        }
    }

    void run() {
        clients.forEach(SegmentClient::start);
        cluster.chaos(100_000 + simulation.random().nextInt(900_000));
        world.finish();
        SegmentAuditor auditor = new SegmentAuditor(world);
        boolean[] auditing = new boolean[1];
        cluster.heal(() -> {
            if (!auditing[0] && clients.stream().allMatch(SegmentClient::isDone)) {
                auditing[0] = true;
                auditor.start();
            }
            return auditing[0] && auditor.isDone() && (tier == null || tier.hasSettled());
        });
        judge(auditor);
    }

    private void judge(SegmentAuditor auditor) {
        for (SegmentWriter writer : writers) {
            for (long event = 1; event <= writer.confirmed() && !world.forgets; event++) {
                if (world.history.place(writer.number, event) == null) {
                    throw simulation.violation("event " + event + " of writer " + writer.number + " is lost");
                }
            }
        }
        for (SegmentTransactor transactor : transactors) {
            transactor.merged.forEach((number, to) -> {
                int found = auditor.found.getOrDefault(number, 0);
                if (found != SegmentTransactor.EVENTS && !(found == 0 && world.forgets)) {
                    throw simulation.violation(
                            "of transaction " + number + ", merged into " + to + ", there are " + found + " events");
                }
            });
            transactor.abandoned.forEach(number -> {
                if (auditor.found.containsKey(number)) {
                    throw simulation.violation("transaction " + number + " was given up and is there");
                }
            });
        }
        if (world.history.answers == 0) {
            throw simulation.violation("the run made no progress");
        }
    }
}
