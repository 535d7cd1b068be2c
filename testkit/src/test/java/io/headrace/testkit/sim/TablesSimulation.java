/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A whole run of tables in a `segments` partition: clients, chaos, healing, and a verdict on all that was told. */
final class TablesSimulation {
    private static final int RETRY_MICROS = 3_000;

    final PartitionSimulation<SegmentCommand, SegmentReply> cluster;
    final TablesWorld world;
    private final Simulation simulation;
    private final List<TableClient> clients = new ArrayList<>();

    TablesSimulation(long seed) {
        this(seed, SimulatedTier::untiered);
    }

    TablesSimulation(long seed, Supplier<? extends StateMachine<SegmentCommand, SegmentReply>> machines) {
        simulation = new Simulation(seed);
        cluster = new PartitionSimulation<>(simulation, machines);
        world = new TablesWorld(simulation, cluster.partition);
        for (int i = 2 + simulation.random().nextInt(3); i >= 0; i--) {
            clients.add(new TableClient(world, clients.size()));
        }
    }

    void run() {
        create(0);
        cluster.chaos(100_000 + simulation.random().nextInt(500_000));
        world.finish();
        cluster.heal(() -> clients.stream().allMatch(TableClient::isDone));
        world.judge();
    }

    /** Creates one table after the other; then the clients begin. */
    private void create(int index) {
        if (index == TablesWorld.TABLES.size()) {
            clients.forEach(TableClient::start);
            return;
        }
        var owner = world.owner();
        if (owner == null) {
            simulation.after(RETRY_MICROS, () -> create(index));
            return;
        }
        owner.submit(TablesWorld.creating(TablesWorld.TABLES.get(index)), new ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {
                simulation.after(0, () -> create(index + 1));
            }

            @Override
            public void lost(String reason) {
                simulation.after(RETRY_MICROS, () -> create(index));
            }
        });
    }
}
