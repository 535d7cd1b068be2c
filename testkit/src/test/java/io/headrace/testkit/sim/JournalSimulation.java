/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A whole run of the journal: several clients, chaos, healing, and the final verdict. */
final class JournalSimulation {
    final Simulation simulation;
    final PartitionSimulation<JournalCommand, JournalReply> world;
    final JournalClient.History history = new JournalClient.History();
    private final List<JournalClient> clients;

    JournalSimulation(long seed) {
        this(seed, JournalMachine::new);
    }

    JournalSimulation(long seed, Function<Consumer<String>, JournalMachine> machines) {
        simulation = new Simulation(seed);
        world = new PartitionSimulation<>(
                simulation,
                () -> machines.apply(what -> {
                    throw simulation.violation(what);
                }));
        var random = simulation.random();
        double bigBatches = random.nextInt(4) == 0 ? random.nextDouble() * 0.1 : 0;
        history.trims = random.nextDouble() * 0.3;
        clients = IntStream.rangeClosed(1, 1 + random.nextInt(4))
                .mapToObj(client -> new JournalClient(
                        simulation, world.partition, history, client, bigBatches, 20 + random.nextInt(100)))
                .toList();
    }

    void run() {
        clients.forEach(JournalClient::start);
        world.chaos(100_000 + simulation.random().nextInt(900_000));
        world.heal(() -> clients.stream().allMatch(JournalClient::isDone));
        judge();
    }

    private void judge() {
        JournalMachine truth = new JournalMachine(what -> {
            throw simulation.violation(what);
        });
        world.partition.replayInto(truth);
        history.chains.forEach((version, chain) -> {
            if (version > 0 && !chain.equals(truth.chainAt(version))) {
                throw simulation.violation("version " + version + " was shown and is not in the log");
            }
        });
        for (JournalClient client : clients) {
            if (truth.lastOperation(client.client()) < client.acknowledged()) {
                throw simulation.violation("client " + client.client() + " lost its operation " + client.acknowledged()
                        + "; its last one is " + truth.lastOperation(client.client()));
            }
        }
        if (history.answers == 0 || world.partition.recoveries() == 0) {
            throw simulation.violation("the run made no progress");
        }
    }
}
