/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.testkit.sim.Simulation;
import java.util.random.RandomGenerator;

/** The way between processes: messages take their time, overtake each other, get lost and come twice. */
final class Network {

    /**
     * How badly it behaves; probabilities are for each message.
     *
     * @param maxDelayMicros the usual time on the way is spread evenly from 0 to this
     * @param slow probability that a message takes up to a thousand times as long
     * @param doubled a message comes twice, the second time often late
     */
    record Faults(long maxDelayMicros, double slow, double lost, double doubled) {
        static final Faults NONE = new Faults(500, 0, 0, 0);

        /** A random mixture, each run another. */
        static Faults swarm(RandomGenerator random) {
            return new Faults(
                    1 + random.nextInt(4_000), sometimes(random, 0.1), sometimes(random, 0.2), sometimes(random, 0.2));
        }

        private static double sometimes(RandomGenerator random, double atMost) {
            return random.nextBoolean() ? 0 : random.nextDouble() * atMost;
        }
    }

    private final Simulation simulation;
    private Faults faults = Faults.NONE;

    Network(Simulation simulation) {
        this.simulation = simulation;
    }

    void faults(Faults now) {
        faults = now;
    }

    /** Runs {@code arrival} when the message arrives: once, twice or never. */
    void send(Runnable arrival) {
        if (simulation.chance(faults.lost)) {
            return;
        }
        simulation.after(delay(faults.slow), arrival);
        if (simulation.chance(faults.doubled)) {
            simulation.after(delay(0.5), arrival);
        }
    }

    private long delay(double slow) {
        RandomGenerator random = simulation.random();
        long usual = random.nextLong(faults.maxDelayMicros + 1);
        return simulation.chance(slow) ? usual * (1 + random.nextInt(1_000)) : usual;
    }
}
