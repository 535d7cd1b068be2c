/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.host.Partitions;

/** Brings the loads that a {@code segments} partition reports to the partitions of the streams. */
final class LoadsToStreams implements LoadReports, ReplyTo<StreamReply> {
    private final Loop loop;
    private final Partitions<StreamCommand, StreamReply> streams;

    /** @param loop of the partition that reports */
    LoadsToStreams(Loop loop, Partitions<StreamCommand, StreamReply> streams) {
        this.loop = loop;
        this.streams = streams;
    }

    /** In a turn of its own, also if both partitions are on the same loop. */
    @Override
    public void report(String segment, Load load) {
        ReportLoad.of(segment, load)
                .ifPresent(report -> loop.execute(() -> streams.submit(report.scope(), report, this)));
    }

    @Override
    public void reply(StreamReply reply) {
        // nothing to learn from it
    }

    @Override
    public void lost(String reason) {
        // the next report will do
    }
}
