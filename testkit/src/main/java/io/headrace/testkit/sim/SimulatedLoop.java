/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** An event loop in virtual time. It can be paused, like a process in a long garbage collection, and killed. */
public final class SimulatedLoop implements Loop {
    private static final int MAX_HOP_MICROS = 20;

    private final Simulation simulation;
    private final String name;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private long pausedUntil;
    private boolean awake;
    private boolean killed;

    SimulatedLoop(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        if (!killed) {
            tasks.add(task);
            wake();
        }
    }

    @Override
    public boolean inLoop() {
        return simulation.running == this;
    }

    /** Runs nothing for the given virtual time; tasks that arrive meanwhile wait. */
    public void pause(long micros) {
        pausedUntil = Math.max(pausedUntil, simulation.micros() + micros);
    }

    /** Drops all tasks, now and for ever: the process is gone. */
    public void kill() {
        killed = true;
        tasks.clear();
    }

    public boolean killed() {
        return killed;
    }

    private void wake() {
        if (!awake) {
            awake = true;
            long rest = Math.max(0, pausedUntil - simulation.micros());
            simulation.after(rest + simulation.random().nextInt(MAX_HOP_MICROS), this::runOne);
        }
    }

    private void runOne() {
        awake = false;
        if (simulation.micros() < pausedUntil) {
            wake();
            return;
        }
        Runnable task = tasks.poll();
        if (task == null) {
            return;
        }
        runNow(task);
        if (!tasks.isEmpty()) {
            wake();
        }
    }

    /** Runs {@code task} at once as if it were on this loop, before all that wait: for what a test does to it from outside. */
    public void runNow(Runnable task) {
        @Nullable SimulatedLoop outer = simulation.running;
        simulation.running = this;
        try {
            task.run();
        } finally {
            simulation.running = outer;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
