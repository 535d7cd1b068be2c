/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the clients of one {@code segments} partition share: lanes of segments that follow each other, and the history. */
final class SegmentsWorld {

    /** A sequence of segments; each is sealed when the next exists. */
    static final class Lane {
        final String name;

        /** The newest segment that writers may go to. */
        int newest;

        final List<SegmentWriter> writers = new ArrayList<>();

        /** Transactions that may still be merged into each segment. */
        int openTransactions;

        Lane(String name) {
            this.name = name;
        }

        String segment(int index) {
            return name + ".#epoch." + index;
        }
    }

    final Simulation simulation;
    final RandomGenerator random;
    final SimulatedPartition<SegmentCommand, SegmentReply> partition;
    final SegmentsHistory history;
    final List<Lane> lanes = new ArrayList<>();

    /** Whether data may be given up in this run. */
    final boolean forgets;

    /** Probability that an event is larger than a frame. */
    final double hugeEvents;

    int hugeEventsLeft = 8;

    /** Probability that a client breaks its connection at some moment. */
    final double breaks;

    private long connections;
    private boolean finishing;

    SegmentsWorld(Simulation simulation, SimulatedPartition<SegmentCommand, SegmentReply> partition) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.partition = partition;
        this.history = new SegmentsHistory(simulation);
        this.forgets = random.nextBoolean();
        this.hugeEvents = random.nextInt(6) == 0 ? random.nextDouble() * 0.1 : 0;
        this.breaks = random.nextBoolean() ? 0 : random.nextDouble() * 0.03;
        for (int lane = 0; lane <= random.nextInt(3); lane++) {
            lanes.add(new Lane("scope/stream/" + lane));
        }
    }

    Lane anyLane() {
        return lanes.get(random.nextInt(lanes.size()));
    }

    /** Clients end what they are at and begin nothing new. */
    void finish() {
        finishing = true;
    }

    boolean isFinishing() {
        return finishing;
    }

    /** A connection to an owner, mostly the newest; null if there is none. */
    @Nullable
    SegmentConnection connect(Runnable onBroken) {
        var serving = partition.owners().stream().filter(o -> o.isServing()).toList();
        if (serving.isEmpty()) {
            return null;
        }
        boolean stale = !finishing && random.nextInt(8) == 0;
        var owner = serving.get(stale ? random.nextInt(serving.size()) : serving.size() - 1);
        return new SegmentConnection(simulation, history, ++connections, owner, onBroken);
    }
}
