/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.Clock;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A world with its own time: tasks wait in one queue, ordered by virtual time and then by chance, and run one after the
 * other on the caller's thread. The same seed gives the same run.
 *
 * <pre>{@code
 * Simulation simulation = new Simulation(seed);
 * SimulatedLoop loop = simulation.loop("owner");
 * SimulatedLogStore logs = new SimulatedLogStore(simulation);
 * loop.execute(() -> logs.open("p0", loop, Callback.of(log -> ..., failure -> ...)));
 * simulation.runUntilIdle(10_000);
 * }</pre>
 */
public final class Simulation {
    /** Wall-clock time at which every simulation starts: milliseconds since the Unix epoch. */
    public static final long START_MILLIS = 1_700_000_000_000L;

    private final long seed;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();

    private long micros;
    private long scheduled;
    private long steps;
    private @Nullable AssertionError violation;

    @Nullable
    SimulatedLoop running;

    public Simulation(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    public long seed() {
        return seed;
    }

    /** The source of every choice in this world. */
    public RandomGenerator random() {
        return random;
    }

    /** True with the given probability, 0 to 1. */
    public boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** Virtual time since the start, in microseconds. */
    public long micros() {
        return micros;
    }

    /** The wall clock of this world. */
    public Clock clock() {
        return () -> START_MILLIS + micros / 1000;
    }

    /** Tasks that have run so far. */
    public long steps() {
        return steps;
    }

    /** A new event loop. */
    public SimulatedLoop loop(String name) {
        return new SimulatedLoop(this, name);
    }

    /** Runs {@code task} after a delay in virtual microseconds. Tasks of the same instant run in random order. */
    public void after(long delayMicros, Runnable task) {
        events.add(new Event(micros + delayMicros, random.nextInt(), scheduled++, task));
    }

    /** Runs the next task, if there is one. */
    public boolean step() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        micros = event.micros;
        steps++;
        try {
            event.task.run();
        } catch (RuntimeException | AssertionError e) {
            // An error that follows a violation is mostly its consequence.
            check();
            throw e;
        }
        check();
        return true;
    }

    /** Runs until no task is left. More than {@code maxSteps} tasks are a failure: the world does not come to rest. */
    public void runUntilIdle(long maxSteps) {
        for (long left = maxSteps; step(); left--) {
            if (left == 0) {
                throw violation("not idle after " + maxSteps + " steps");
            }
        }
    }

    /** Runs until {@code goal} holds. It is a failure if it does not within {@code maxSteps} tasks. */
    public void runUntil(BooleanSupplier goal, long maxSteps, String what) {
        for (long left = maxSteps; !goal.getAsBoolean(); left--) {
            if (left == 0 || !step()) {
                throw violation("never came true: " + what);
            }
        }
    }

    /** Runs all tasks that are due within the next {@code durationMicros}, and lets that much time pass. */
    public void runFor(long durationMicros) {
        long end = micros + durationMicros;
        for (Event next = events.peek(); next != null && next.micros <= end; next = events.peek()) {
            step();
        }
        micros = end;
    }

    /**
     * Reports that a promise was broken. The error is thrown to the caller and, should code under test swallow it, once
     * more by {@link #step}.
     */
    public AssertionError violation(String message) {
        AssertionError error = new AssertionError(
                message + " [at " + micros + " us, step " + steps + "; again with -Dheadrace.seed=" + seed + "]");
        if (violation == null) {
            violation = error;
        }
        return error;
    }

    /** Throws the first violation, if there was any. */
    public void check() {
        if (violation != null) {
            throw violation;
        }
    }

    private record Event(long micros, int chance, long number, Runnable task) implements Comparable<Event> {
        /** In so many words, for nothing is done more often in a simulation. */
        @Override
        public int compareTo(Event other) {
            if (micros != other.micros) {
                return micros < other.micros ? -1 : 1;
            }
            return chance != other.chance ? Integer.compare(chance, other.chance) : Long.compare(number, other.number);
        }
    }
}
