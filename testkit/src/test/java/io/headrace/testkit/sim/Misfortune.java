/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import java.util.random.RandomGenerator;

/** What the owners of one partition suffer: they crash, stall, close and are replaced while they run. */
public final class Misfortune {
    private final Simulation simulation;
    private final SimulatedPartition<?, ?> partition;
    private final RandomGenerator random;
    private final int paceMicros;
    private final Runnable changeFaults;
    private boolean ended;

    /**
     * @param paceMicros something happens so often, or twice as often on average
     * @param changeFaults makes storage fail in another way
     */
    public Misfortune(
            Simulation simulation, SimulatedPartition<?, ?> partition, int paceMicros, Runnable changeFaults) {
        this.simulation = simulation;
        this.partition = partition;
        this.random = simulation.random();
        this.paceMicros = paceMicros;
        this.changeFaults = changeFaults;
    }

    public void start() {
        simulation.after(0, this::strike);
        simulation.after(0, this::keepUp);
    }

    /** Nothing happens any more, and no owner is started. */
    public void end() {
        ended = true;
    }

    private void strike() {
        if (ended) {
            return;
        }
        var alive = partition.owners().stream().filter(o -> !o.isGone()).toList();
        int event = random.nextInt(10);
        if (event < 3) {
            partition.start();
        } else if (event == 3) {
            changeFaults.run();
        } else if (!alive.isEmpty()) {
            var victim = alive.get(random.nextInt(alive.size()));
            if (event < 7) {
                victim.crash();
            } else if (event < 9) {
                victim.pause(random.nextInt(300_000));
                if (random.nextBoolean()) {
                    partition.start();
                }
            } else if (random.nextBoolean()) {
                victim.handOver();
            } else {
                victim.close();
            }
        }
        simulation.after(random.nextInt(paceMicros), this::strike);
    }

    /** What a cluster does: sees to it that there is an owner. */
    private void keepUp() {
        if (ended) {
            return;
        }
        var newest = partition.newest();
        if (newest == null || newest.isGone()) {
            partition.start();
        }
        simulation.after(random.nextInt(20_000), this::keepUp);
    }
}
