/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.name.Slots;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentMemory;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamsMachine;
import io.headrace.engine.streams.StreamsOptions;
import io.headrace.engine.streams.WatchedRows;
import io.headrace.testkit.sim.SegmentHistory;
import io.headrace.testkit.sim.SegmentsHistory;
import io.headrace.testkit.sim.SimulatedCheckpointStore;
import io.headrace.testkit.sim.SimulatedLogStore;
import io.headrace.testkit.sim.SimulatedPartition;
import io.headrace.testkit.sim.Simulation;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A cluster of {@code streams} and {@code segments} partitions, and the ways to them. */
final class StreamsWorld {
    /** Times that callers wait are short here, so that they are reached. */
    private static final long WAIT_MILLIS = 5_000;

    private static final long CALL_MILLIS = 1_000;
    private static final long RETENTION_MILLIS = 700;
    private static final long WATERMARK_MILLIS = 300;

    /** A minute of automatic scaling is a tenth of a second. */
    private static final int PACE = LoadOptions.MAX_PACE;

    /** Probability that a message reaches an owner of old, if there is one. */
    private static final double STALE = 0.1;

    final Simulation simulation;
    final RandomGenerator random;
    final SimulatedLogStore logs;
    final SimulatedCheckpointStore checkpoints;
    final List<SimulatedPartition<StreamCommand, StreamReply>> streams = new ArrayList<>();
    final List<SimulatedPartition<SegmentCommand, SegmentReply>> segments = new ArrayList<>();

    /** Between partitions. */
    final Network network;

    final SegmentsHistory history;
    final StreamsHistory told;
    private final Mutation mutation;
    private long connections;
    private int writers;
    private boolean finishing;

    StreamsWorld(Simulation simulation, int streamsCount, int segmentsCount, Mutation mutation) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.mutation = mutation;
        this.network = new Network(simulation);
        this.history = new SegmentsHistory(simulation);
        this.told = new StreamsHistory(simulation);
        this.logs = new SimulatedLogStore(simulation, PooledByteBufAllocator.DEFAULT);
        this.checkpoints = new SimulatedCheckpointStore(simulation, PooledByteBufAllocator.DEFAULT);
        for (int i = 0; i < streamsCount; i++) {
            int number = i;
            streams.add(new SimulatedPartition<>(
                    simulation,
                    "streams-" + i,
                    logs,
                    checkpoints,
                    (Loop loop, Consumer<StreamCommand> self) -> streamsMachine(number, streamsCount, self),
                    options()));
        }
        for (int i = 0; i < segmentsCount; i++) {
            segments.add(new SimulatedPartition<>(
                    simulation,
                    "segments-" + i,
                    logs,
                    checkpoints,
                    () -> mutation.segments(new SegmentsMachine(
                            PooledByteBufAllocator.DEFAULT,
                            LoadOptions.atPace(PACE),
                            this::report,
                            null,
                            SegmentMemory.ofIdle(4))),
                    options()));
        }
    }

    private PartitionOptions options() {
        int frames = 1 + random.nextInt(1 + random.nextInt(200));
        return new PartitionOptions(1 + random.nextInt(6), 8L << 20, 2L << 20, 2_000_000, frames);
    }

    private StateMachine<StreamCommand, StreamReply> streamsMachine(
            int number, int count, Consumer<StreamCommand> self) {
        StreamsOptions options = new StreamsOptions(
                number,
                count,
                WAIT_MILLIS,
                CALL_MILLIS,
                RETENTION_MILLIS,
                WATERMARK_MILLIS,
                86_400_000,
                86_400_000,
                ScaleLimits.atPace(PACE));
        StreamsMachine machine = new StreamsMachine(
                options, mutation.segmentCalls(this::callSegment), mutation.streamCalls(this::callStream), self);
        return WatchedRows.over(mutation.streams(machine), simulation::violation);
    }

    /** Clients end what they are at and begin nothing new. */
    void finish() {
        finishing = true;
    }

    boolean isFinishing() {
        return finishing;
    }

    SimulatedPartition<StreamCommand, StreamReply> streamsOf(String scope) {
        return streams.get(Slots.ofScope(scope) * streams.size() / Slots.COUNT);
    }

    SimulatedPartition<SegmentCommand, SegmentReply> segmentsOf(String segment) {
        return segments.get(Slots.of(segment) * segments.size() / Slots.COUNT);
    }

    /** An owner that takes commands, mostly the newest; null if there is none. */
    <C, R> SimulatedPartition<C, R>.@Nullable Owner ownerOf(SimulatedPartition<C, R> partition) {
        SimulatedPartition<C, R>.Owner newest = null;
        for (int i = partition.owners().size() - 1; i >= 0; i--) {
            SimulatedPartition<C, R>.Owner owner = partition.owners().get(i);
            if (owner.isServing()) {
                boolean passed = !finishing && simulation.chance(STALE);
                if (!passed) {
                    return owner;
                }
                newest = newest == null ? owner : newest;
            }
        }
        return newest;
    }

    String nameOf(StreamName stream, long segmentId) {
        return SegmentName.of(stream.scope(), stream.stream(), segmentId).qualified();
    }

    /** A number for a writer that no other one has. */
    int nextWriter() {
        return ++writers;
    }

    long nextConnection() {
        return ++connections;
    }

    /** What a workflow says to a segment. */
    private void callSegment(SegmentCommand call, ReplyTo<SegmentReply> replyTo) {
        SegmentCommand command = call instanceof SegmentCommand.Called called ? called.command() : call;
        history.asked(command);
        network.send(() -> {
            var owner = ownerOf(segmentsOf(command.segment()));
            if (owner == null) {
                network.send(() -> replyTo.lost("no owner"));
                return;
            }
            SegmentHistory.Floor floor = history.of(command.segment()).floor(owner.epoch());
            owner.submit(call, new ReplyTo<SegmentReply>() {
                @Override
                public void reply(SegmentReply reply) {
                    if (!(reply instanceof SegmentReply.Outdated)) {
                        history.told(command, reply, floor);
                    }
                    network.send(() -> replyTo.reply(reply));
                }

                @Override
                public void lost(String reason) {
                    network.send(() -> replyTo.lost(reason));
                }
            });
        });
    }

    /** The owner of a segment reports its load to that of its stream. */
    private void report(String segment, Load load) {
        ReportLoad.of(segment, load)
                .ifPresent(report -> network.send(() -> {
                    var owner = ownerOf(streamsOf(report.scope()));
                    if (owner != null) {
                        owner.submit(report, ReplyTo.none());
                    }
                }));
    }

    /** What a workflow says to a {@code streams} partition. */
    private void callStream(StreamCommand command, ReplyTo<StreamReply> replyTo) {
        network.send(() -> {
            var owner = ownerOf(streamsOf(command.scope()));
            if (owner == null) {
                network.send(() -> replyTo.lost("no owner"));
                return;
            }
            owner.submit(command, new ReplyTo<StreamReply>() {
                @Override
                public void reply(StreamReply reply) {
                    network.send(() -> replyTo.reply(reply));
                }

                @Override
                public void lost(String reason) {
                    network.send(() -> replyTo.lost(reason));
                }
            });
        });
    }

    /** A client's command, repeated until it is answered for good. */
    void ask(StreamCommand command, Consumer<StreamReply> onReply) {
        new Request(this, command, onReply).attempt();
    }

    /** Every partition, to be treated alike. */
    List<SimulatedPartition<?, ?>> partitions() {
        List<SimulatedPartition<?, ?>> all = new ArrayList<>(streams);
        all.addAll(segments);
        return all;
    }
}
