/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamsMachine;
import io.headrace.engine.streams.StreamsOptions;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.host.Partitions;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The partitions of both kinds, and how each is opened: the same for a server alone as for a node of a cluster. */
final class NodePartitions {
    private static final String SEGMENTS = "segments";
    private static final String STREAMS = "streams";

    private final Settings settings;
    private final PartitionOpener opener;
    private final LongTermStorage tier2;
    private final Partitions<SegmentCommand, SegmentReply> segments;
    private final Partitions<StreamCommand, StreamReply> streams;

    /**
     * Partitions of which none is open yet.
     *
     * @param segments all those of segments
     * @param streams all those of streams
     */
    NodePartitions(
            Settings settings,
            PartitionOpener opener,
            LongTermStorage tier2,
            Partitions<SegmentCommand, SegmentReply> segments,
            Partitions<StreamCommand, StreamReply> streams) {
        this.settings = settings;
        this.opener = opener;
        this.tier2 = tier2;
        this.segments = segments;
        this.streams = streams;
    }

    static String segmentsName(int number) {
        return SEGMENTS + "-" + number;
    }

    static String streamsName(int number) {
        return STREAMS + "-" + number;
    }

    static List<String> segmentsNames(int count) {
        return names(SEGMENTS, count);
    }

    static List<String> streamsNames(int count) {
        return names(STREAMS, count);
    }

    List<String> segmentsNames() {
        return segmentsNames(segments.count());
    }

    List<String> streamsNames() {
        return streamsNames(streams.count());
    }

    private static List<String> names(String kind, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(kind + "-" + i);
        }
        return names;
    }

    /** Begins to open a partition; commands may be submitted at once. */
    void open(String name) {
        int number = number(name);
        if (isOfSegments(name)) {
            segments.place(
                    number, opener.open(name, (loop, self) -> segments(name, loop, self), PartitionMemory::bytesOf));
        } else {
            streams.place(
                    number, opener.open(name, (loop, self) -> streams(number, loop, self), PartitionMemory::bytesOf));
        }
    }

    /** Begins to close a partition, which serves while most of that is done; succeeds when it is no longer in this process. */
    Future<Void> close(String name) {
        return opener.settle(name)
                .compose(settled -> {
                    displace(name);
                    return opener.close(name);
                })
                .onComplete(done -> tier2.forget(name));
    }

    /** Drops a partition as a crash would; succeeds when it is no longer in this process. */
    Future<Void> abandon(String name, String reason) {
        displace(name);
        return opener.abandon(name, reason).onComplete(done -> tier2.forget(name));
    }

    private void displace(String name) {
        int number = number(name);
        if (isOfSegments(name)) {
            segments.place(number, null);
        } else {
            streams.place(number, null);
        }
    }

    private static boolean isOfSegments(String name) {
        return name.startsWith(SEGMENTS);
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    private SegmentsMachine segments(String name, Loop loop, Consumer<SegmentCommand> self) {
        return new SegmentsMachine(
                PooledByteBufAllocator.DEFAULT,
                LoadOptions.atPace(settings.get(Settings.SCALING_PACE)),
                loadReports(loop),
                tier2.of(name, loop, self),
                PartitionMemory.ofSegments(segments.count()));
    }

    /** A report that is lost is made good by the next one. It is sent in a turn of its own: who gets it may be here. */
    private LoadReports loadReports(Loop loop) {
        return (segment, load) -> ReportLoad.of(segment, load)
                .ifPresent(report -> loop.execute(() -> streams.submit(report.scope(), report, ReplyTo.none())));
    }

    private StreamsMachine streams(int number, Loop loop, Consumer<StreamCommand> self) {
        return new StreamsMachine(
                StreamsOptions.of(number, streams.count())
                        .withScaling(ScaleLimits.atPace(settings.get(Settings.SCALING_PACE)))
                        .withRetentionMillis(
                                settings.get(Settings.RETENTION_PERIOD).toMillis())
                        .withWatermarkMillis(
                                settings.get(Settings.WATERMARK_PERIOD).toMillis())
                        .withTransactionMillis(
                                settings.get(Settings.TRANSACTION_LIFE).toMillis()),
                // In turns of their own, also if the other partition is on the same loop.
                (command, replyTo) -> loop.execute(() -> segments.submit(command.segment(), command, replyTo)),
                (command, replyTo) -> loop.execute(() -> streams.submit(command.scope(), command, replyTo)),
                self);
    }
}
