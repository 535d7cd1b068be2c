/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.testkit.sim.SegmentConnection;
import io.headrace.testkit.sim.SimulatedPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The connections of one client to the {@code segments} partitions, made when they are needed. */
final class DataPath {
    private static final int MAX_WAIT_MICROS = 30_000;

    /** A connection and those who wait for something that comes over it. */
    private static final class Line {
        final List<Runnable> waiting = new ArrayList<>();

        @Nullable
        SegmentConnection connection;
    }

    private final StreamsWorld world;
    private final Map<String, Line> lines = new HashMap<>();

    DataPath(StreamsWorld world) {
        this.world = world;
    }

    /**
     * Sends a command; exactly one of the two is told. The receiver of a reply with data must not keep the buffer.
     *
     * @param command given the number of the connection
     * @param onLost the connection broke or could not be made; the command may have had its effect
     */
    void send(
            String segment,
            LongFunction<? extends SegmentCommand> command,
            Consumer<SegmentReply> onReply,
            Runnable onLost) {
        Line line = line(segment);
        SegmentConnection connection = line.connection;
        if (connection == null) {
            world.simulation.after(world.random.nextInt(MAX_WAIT_MICROS), onLost);
            return;
        }
        line.waiting.add(onLost);
        connection.send(command.apply(connection.id), reply -> {
            line.waiting.remove(onLost);
            onReply.accept(reply);
        });
    }

    /** Whether what was set up for a segment still stands: the number of the connection, 0 if there is none. */
    long connectionTo(String segment) {
        Line line = lines.get(world.segmentsOf(segment).name());
        return line == null || line.connection == null ? 0 : line.connection.id;
    }

    void breakOff(String segment) {
        SegmentConnection connection = line(segment).connection;
        if (connection != null) {
            connection.breakOff();
        }
    }

    private Line line(String segment) {
        SimulatedPartition<SegmentCommand, SegmentReply> partition = world.segmentsOf(segment);
        Line line = lines.computeIfAbsent(partition.name(), name -> new Line());
        if (line.connection == null) {
            var owner = world.ownerOf(partition);
            if (owner != null) {
                line.connection = new SegmentConnection(
                        world.simulation, world.history, world.nextConnection(), owner, () -> broken(line));
            }
        }
        return line;
    }

    private static void broken(Line line) {
        line.connection = null;
        List<Runnable> lost = new ArrayList<>(line.waiting);
        line.waiting.clear();
        lost.forEach(Runnable::run);
    }
}
