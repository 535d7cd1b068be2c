/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import java.util.random.RandomGenerator;

/**
 * How badly simulated storage behaves. Probabilities are per operation, from 0 to 1; an operation that fails may have
 * taken effect all the same.
 *
 * @param maxDelayMicros the usual time that an operation takes is spread evenly from 0 to this
 * @param slow probability that an operation takes up to a hundred times as long
 * @param append an append fails with an unknown outcome
 * @param survival probability that an append of unknown outcome has been stored
 * @param read a log read fails
 * @param corruption a log read reports damage
 * @param damage the restoring of a checkpoint reports damage
 * @param open opening a log fails, before or after it took effect
 * @param metadata publish or truncate fails, before or after it took effect
 * @param save saving a checkpoint, or writing changed rows, fails
 * @param load restoring a checkpoint fails
 * @param forget a row is not in memory
 */
public record Faults(
        long maxDelayMicros,
        double slow,
        double append,
        double survival,
        double read,
        double corruption,
        double damage,
        double open,
        double metadata,
        double save,
        double load,
        double forget) {

    /** Storage that answers soon and never fails. What is in flight when an owner crashes still survives or not by chance. */
    public static final Faults NONE = new Faults(300, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.1);

    /** Storage that never fails, but may be slow. */
    public static Faults slow(RandomGenerator random) {
        return new Faults(1 + random.nextInt(10_000), random.nextDouble() * 0.1, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.1);
    }

    /**
     * A random mixture, each run another: many kinds of fault stay away so that the others can go deep. Without corruption
     * of the log.
     */
    public static Faults swarm(RandomGenerator random) {
        return new Faults(
                1 + random.nextInt(2_000),
                sometimes(random, 0.05),
                sometimes(random, 0.02),
                random.nextDouble(),
                sometimes(random, 0.1),
                0,
                sometimes(random, 0.2),
                sometimes(random, 0.3),
                sometimes(random, 0.3),
                sometimes(random, 0.3),
                sometimes(random, 0.2),
                sometimes(random, 1));
    }

    private static double sometimes(RandomGenerator random, double atMost) {
        return random.nextBoolean() ? 0 : random.nextDouble() * atMost;
    }

    /** Draws how long one operation takes, in microseconds. */
    long delay(RandomGenerator random) {
        long usual = random.nextLong(maxDelayMicros + 1);
        return random.nextDouble() < slow ? usual * (1 + random.nextInt(100)) : usual;
    }
}
