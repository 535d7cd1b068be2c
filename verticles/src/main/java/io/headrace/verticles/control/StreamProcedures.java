/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;

import io.headrace.codecs.control.CreateStreamStatus;
import io.headrace.codecs.control.DeleteStreamStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.RemoveWriterRequest;
import io.headrace.codecs.control.RemoveWriterResponse;
import io.headrace.codecs.control.ScaleRequest;
import io.headrace.codecs.control.ScaleResponse;
import io.headrace.codecs.control.ScaleStatusRequest;
import io.headrace.codecs.control.ScaleStatusResponse;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamCut;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.TimestampFromWriter;
import io.headrace.codecs.control.TimestampResponse;
import io.headrace.codecs.control.UpdateStreamStatus;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import java.util.List;
import java.util.Set;

/** Procedures that create, change and end streams. */
final class StreamProcedures {
    private StreamProcedures() {}

    static List<Procedure<?, ?>> all(Procedure.Target target) {
        StreamInfo info = StreamInfo.getDefaultInstance();
        StreamConfig config = StreamConfig.getDefaultInstance();
        UpdateStreamStatus updated = UpdateStreamStatus.getDefaultInstance();
        return List.of(
                command(
                        target,
                        "createStream",
                        config,
                        CreateStreamStatus.getDefaultInstance(),
                        request -> new StreamCommand.CreateStream(
                                FromProto.stream(request.getStreamInfo()), FromProto.configuration(request)),
                        StreamReply.CreateStreamStatus.class,
                        (request, status) -> CreateStreamStatus.newBuilder()
                                .setStatus(CreateStreamStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "updateStream",
                        config,
                        updated,
                        request -> new StreamCommand.UpdateStream(
                                FromProto.stream(request.getStreamInfo()), FromProto.configuration(request)),
                        StreamReply.UpdateStreamStatus.class,
                        (request, status) -> updated(status)),
                command(
                        target,
                        "truncateStream",
                        StreamCut.getDefaultInstance(),
                        updated,
                        request -> new StreamCommand.TruncateStream(
                                FromProto.stream(request.getStreamInfo()), FromProto.cut(request)),
                        StreamReply.UpdateStreamStatus.class,
                        (request, status) -> updated(status)),
                command(
                        target,
                        "sealStream",
                        info,
                        updated,
                        request -> new StreamCommand.SealStream(FromProto.stream(request)),
                        StreamReply.UpdateStreamStatus.class,
                        (request, status) -> updated(status)),
                command(
                        target,
                        "deleteStream",
                        info,
                        DeleteStreamStatus.getDefaultInstance(),
                        request -> new StreamCommand.DeleteStream(FromProto.stream(request)),
                        StreamReply.DeleteStreamStatus.class,
                        (request, status) -> DeleteStreamStatus.newBuilder()
                                .setStatus(DeleteStreamStatus.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "checkStreamExists",
                        info,
                        ExistsResponse.getDefaultInstance(),
                        request -> new StreamCommand.CheckStreamExists(FromProto.stream(request)),
                        StreamReply.Exists.class,
                        (request, reply) -> ExistsResponse.newBuilder()
                                .setExists(reply.exists())
                                .build()),
                command(
                        target,
                        "getStreamConfiguration",
                        info,
                        config,
                        request -> new StreamCommand.GetStreamConfiguration(FromProto.stream(request)),
                        StreamReply.Configuration.class,
                        (request, reply) -> ToProto.configuration(reply.stream(), reply.configuration())),
                command(
                        target,
                        "scale",
                        ScaleRequest.getDefaultInstance(),
                        ScaleResponse.getDefaultInstance(),
                        StreamProcedures::scale,
                        StreamReply.ScaleStarted.class,
                        StreamProcedures::scaleStarted),
                command(
                        target,
                        "checkScale",
                        ScaleStatusRequest.getDefaultInstance(),
                        ScaleStatusResponse.getDefaultInstance(),
                        request -> new StreamCommand.CheckScale(
                                FromProto.stream(request.getStreamInfo()), request.getEpoch()),
                        StreamReply.CheckScaleStatus.class,
                        (request, status) -> ScaleStatusResponse.newBuilder()
                                .setStatus(ScaleStatusResponse.ScaleStatus.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "noteTimestampFromWriter",
                        TimestampFromWriter.getDefaultInstance(),
                        TimestampResponse.getDefaultInstance(),
                        request -> new StreamCommand.NoteTimestamp(
                                FromProto.stream(request.getPosition().getStreamInfo()),
                                request.getWriter(),
                                request.getTimestamp(),
                                FromProto.cut(request.getPosition())),
                        StreamReply.NoteTimestampStatus.class,
                        (request, status) -> TimestampResponse.newBuilder()
                                .setResult(TimestampResponse.Status.valueOf(status.name()))
                                .build()),
                command(
                        target,
                        "removeWriter",
                        RemoveWriterRequest.getDefaultInstance(),
                        RemoveWriterResponse.getDefaultInstance(),
                        request -> new StreamCommand.RemoveWriter(
                                FromProto.stream(request.getStream()), request.getWriter()),
                        StreamReply.RemoveWriterStatus.class,
                        (request, status) -> RemoveWriterResponse.newBuilder()
                                .setResult(RemoveWriterResponse.Status.valueOf(status.name()))
                                .build()));
    }

    private static UpdateStreamStatus updated(StreamReply.UpdateStreamStatus status) {
        return UpdateStreamStatus.newBuilder()
                .setStatus(UpdateStreamStatus.Status.valueOf(status.name()))
                .build();
    }

    private static StreamCommand scale(ScaleRequest request) {
        return new StreamCommand.Scale(
                FromProto.stream(request.getStreamInfo()),
                Set.copyOf(request.getSealedSegmentsList()),
                request.getNewKeyRangesList().stream()
                        .map(range -> new SegmentRange(0, range.getStart(), range.getEnd()))
                        .toList());
    }

    private static ScaleResponse scaleStarted(ScaleRequest request, StreamReply.ScaleStarted reply) {
        ScaleResponse.Builder response = ScaleResponse.newBuilder()
                .setStatus(
                        ScaleResponse.ScaleStreamStatus.valueOf(reply.status().name()))
                .setEpoch(reply.epoch());
        reply.segments().forEach(segment -> response.addSegments(ToProto.range(request.getStreamInfo(), segment)));
        return response.build();
    }
}
