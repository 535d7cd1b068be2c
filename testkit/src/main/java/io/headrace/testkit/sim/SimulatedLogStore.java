/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBufAllocator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a simulated cluster. Many owners of one partition may exist at once; storage keeps the contract of {@link
 * PartitionLog} and nothing beyond it: answers come late and in any order, an append that fails may be stored or not,
 * and what is in flight when a newer owner fences survives or is lost by chance, but always without gaps.
 *
 * <p>Opening goes through three steps, each a while after the other: the epoch is raised; the former owner is fenced and
 * the surviving frames are established; the new owner is admitted, if no one has raised the epoch since. A former owner
 * may thus have frames acknowledged until the second step.
 */
public final class SimulatedLogStore implements LogStore {
    final Simulation simulation;
    final ByteBufAllocator allocator;
    private final Map<String, LogState> logs = new HashMap<>();

    /** Reads of all logs that have begun so far. */
    int reads;

    private Faults faults = Faults.NONE;
    private Sabotage sabotage = Sabotage.NONE;

    /** @param allocator of the buffers that reads return */
    public SimulatedLogStore(Simulation simulation, ByteBufAllocator allocator) {
        this.simulation = simulation;
        this.allocator = allocator;
    }

    /** Sets how storage behaves from now on. */
    public void faults(Faults faults) {
        this.faults = faults;
    }

    Faults faults() {
        return faults;
    }

    /** Breaks the contract from now on. */
    public void sabotage(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    boolean sabotaged(Sabotage way) {
        return sabotage == way;
    }

    @Override
    public void open(String partition, Loop loop, Callback<PartitionLog> opened) {
        new Opening(state(partition), loop, opened).start();
    }

    /** How often frames were asked for so far. */
    public int reads() {
        return reads;
    }

    /** Newest frame that no crash or failure can undo any more; 0 if there is none. */
    public long durableFrame(String partition) {
        return state(partition).durable;
    }

    /** Oldest frame that can be read. */
    public long firstFrame(String partition) {
        return state(partition).first;
    }

    /** The epoch that the newest opening has taken; its owner need not be admitted yet. */
    public long epoch(String partition) {
        return state(partition).epoch;
    }

    /** The epoch whose appends are accepted, or 0 while a takeover is under way. */
    public long writer(String partition) {
        return state(partition).writer;
    }

    /** The checkpoints that the next owner will recover from, newest first. */
    public List<Checkpoint> checkpoints(String partition) {
        return state(partition).checkpoints;
    }

    /** Bytes of a frame that is or was stored, even if it has been truncated since, for checkers; null if there is none. */
    public byte @Nullable [] stored(String partition, long frame) {
        return state(partition).stored.get(frame);
    }

    private LogState state(String partition) {
        return logs.computeIfAbsent(partition, name -> new LogState());
    }

    static LogException failure(LogException.Kind kind, String what) {
        return new LogException(kind, "simulated: " + what);
    }

    /** One attempt to take a log over. */
    private final class Opening {
        private final LogState log;
        private final Loop loop;
        private final Callback<PartitionLog> opened;
        private long epoch;

        Opening(LogState log, Loop loop, Callback<PartitionLog> opened) {
            this.log = log;
            this.loop = loop;
            this.opened = opened;
        }

        void start() {
            next(() -> {
                epoch = ++log.epoch;
                next(this::fence);
            });
        }

        private void fence() {
            if (log.epoch != epoch) {
                fail(LogException.Kind.FENCED, "a newer owner raised the epoch");
                return;
            }
            log.fence(simulation, faults.survival());
            if (sabotaged(Sabotage.LOSE_ACKNOWLEDGED) && log.durable >= log.first) {
                log.stored.remove(log.durable--);
            }
            next(this::admit);
        }

        private void admit() {
            if (log.epoch != epoch) {
                fail(LogException.Kind.FENCED, "a newer owner raised the epoch");
                return;
            }
            log.writer = epoch;
            SimulatedLog owner = new SimulatedLog(SimulatedLogStore.this, log, epoch, loop);
            next(() -> loop.execute(() -> opened.done(owner)));
        }

        /** Goes on after a while, or fails: the step before it has taken effect all the same. */
        private void next(Runnable step) {
            simulation.after(faults.delay(simulation.random()), () -> {
                if (simulation.chance(faults.open() / 4)) {
                    fail(LogException.Kind.UNAVAILABLE, "open failed");
                } else {
                    step.run();
                }
            });
        }

        private void fail(LogException.Kind kind, String what) {
            loop.execute(() -> opened.failed(failure(kind, what)));
        }
    }
}
