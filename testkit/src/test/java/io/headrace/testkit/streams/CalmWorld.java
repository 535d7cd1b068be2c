/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.StreamsView;
import io.headrace.testkit.sim.SimulatedPartition;
import io.headrace.testkit.sim.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A world in which nothing goes wrong but one thing: an owner crashes right after, or a while after, a certain frame. */
final class CalmWorld {
    private static final long MAX_STEPS = 200_000;

    /** Longer than any lease. */
    private static final long LEASES_MICROS = 700_000_000L;

    /** All events are of this size. */
    static final long EVENT_BYTES = 23;

    /** Which owners crash: those of {@code streams} partitions or those of {@code segments} partitions. */
    enum Victim {
        STREAMS,
        SEGMENTS
    }

    final Simulation simulation = new Simulation(11);
    final StreamsWorld world;
    private final DataPath data;
    private int events;

    // The crash.
    private @Nullable Victim victim;
    private int crashAt;
    private long delayMicros;
    private int framesPassed;
    private long[] framesSeen = new long[0];
    private boolean crashed;

    CalmWorld() {
        world = new StreamsWorld(simulation, 2, 2, Mutation.NONE);
        world.finish();
        data = new DataPath(world);
        world.partitions().forEach(SimulatedPartition::start);
        until(() -> world.partitions().stream().allMatch(p -> world.ownerOf(p) != null), "all serve");
    }

    private List<? extends SimulatedPartition<?, ?>> victims() {
        return victim == Victim.STREAMS ? world.streams : world.segments;
    }

    /**
     * From here on the owner crashes that has the n-th frame of all such owners stored.
     *
     * @param micros time until the crash: with some of it the owner hears that its frame is stored, and others hear of it
     */
    void crashAfter(Victim which, int frame, long micros) {
        victim = which;
        crashAt = frame;
        delayMicros = micros;
        framesSeen = frames();
    }

    /** Whether there have been as many frames. */
    boolean hasCrashed() {
        return crashed;
    }

    private long[] frames() {
        return victims().stream()
                .mapToLong(partition -> world.logs.durableFrame(partition.name()))
                .toArray();
    }

    private void step() {
        if (!simulation.step()) {
            throw simulation.violation("the world stands still");
        }
        if (victim == null || crashed) {
            return;
        }
        long[] now = frames();
        for (int i = 0; i < now.length && !crashed; i++) {
            framesPassed += (int) (now[i] - framesSeen[i]);
            if (framesPassed >= crashAt) {
                crashed = true;
                crash(victims().get(i));
            }
        }
        framesSeen = now;
    }

    private void crash(SimulatedPartition<?, ?> partition) {
        simulation.after(delayMicros, () -> {
            var owner = partition.newest();
            if (owner != null) {
                owner.crash();
            }
            partition.start();
        });
    }

    private void until(BooleanSupplier goal, String what) {
        for (long left = MAX_STEPS; !goal.getAsBoolean(); left--) {
            if (left == 0) {
                throw simulation.violation("never came true: " + what);
            }
            step();
        }
    }

    /** Asks until there is an answer. */
    StreamReply ask(StreamCommand command) {
        List<StreamReply> replies = new ArrayList<>();
        world.ask(command, replies::add);
        until(() -> !replies.isEmpty(), "an answer to " + command);
        return replies.get(0);
    }

    /** Opens a transaction and writes an event for each key into it. */
    UUID transaction(StreamName stream) {
        TransactionCreated created = (TransactionCreated) ask(new StreamCommand.CreateTransaction(stream, 600_000));
        for (int key = 0; key < StreamLife.KEYS; key++) {
            SegmentRange range = segmentFor(created.segments(), key);
            append(SegmentName.transactionSegment(world.nameOf(stream, range.id()), created.transaction()), key);
        }
        return created.transaction();
    }

    /** Writes an event for each key into a stream. */
    void write(StreamName stream) {
        List<SegmentRange> current = ((Segments) ask(new StreamCommand.GetCurrentSegments(stream))).segments();
        for (int key = 0; key < StreamLife.KEYS; key++) {
            append(world.nameOf(stream, segmentFor(current, key).id()), key);
        }
    }

    private static SegmentRange segmentFor(List<SegmentRange> segments, int key) {
        double position = StreamLife.position(key);
        return segments.stream()
                .filter(s -> s.low() <= position && position < s.high())
                .findFirst()
                .orElseThrow();
    }

    private void append(String segment, int key) {
        int event = ++events;
        UUID writer = new UUID(3, event);
        boolean[] done = new boolean[1];
        data.send(segment, line -> new SegmentCommand.SetupAppend(segment, writer, line), ready -> {}, () -> {});
        data.send(
                segment,
                line -> new SegmentCommand.Append(
                        segment, writer, line, 1, 1, SegmentCommand.UNCONDITIONAL, StreamEvents.encode(event, key, 1)),
                reply -> done[0] = reply instanceof SegmentReply.Appended,
                () -> {});
        until(() -> done[0], "an event in " + segment);
    }

    void awaitState(StreamName stream, UUID transaction, TransactionState state) {
        while (ask(new StreamCommand.GetTransactionState(stream, transaction)) != state) {
            step();
        }
    }

    /** Waits a moment. */
    void pause() {
        simulationFor(1_000);
    }

    /** Waits until no partition has unfinished work. */
    void rest() {
        do {
            simulationFor(20_000);
        } while (views().stream().anyMatch(view -> !view.unfinished().isEmpty()));
    }

    /** Waits until every lease is over. */
    void letLeasesEnd() {
        world.partitions().forEach(partition -> partition.tickSlowly(200));
        simulation.runFor(LEASES_MICROS);
        world.partitions().forEach(partition -> partition.tickSlowly(1));
        rest();
    }

    private void simulationFor(long micros) {
        long end = simulation.micros() + micros;
        simulation.after(micros, () -> {});
        until(() -> simulation.micros() >= end, "time passes");
    }

    List<StreamsView> views() {
        return StreamsSimulation.views(world);
    }

    /** All segments with their content; each must be of use, and each that is of use must be there. */
    String audit() {
        StreamsAudit audit = new StreamsAudit(world);
        audit.begin();
        until(audit::isComplete, "the audit");
        audit.checkSegments(views());
        return audit.toString();
    }

    /** Ends everything. */
    void close() {
        world.partitions().forEach(SimulatedPartition::crashAll);
        simulation.runUntilIdle(MAX_STEPS);
        world.partitions().forEach(SimulatedPartition::checkAnswered);
    }
}
