/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Procedure.command;
import static io.headrace.verticles.control.Procedure.local;

import io.headrace.codecs.control.DelegationToken;
import io.headrace.codecs.control.GetEpochSegmentsRequest;
import io.headrace.codecs.control.GetSegmentsRequest;
import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.SegmentValidityResponse;
import io.headrace.codecs.control.SegmentsAtTime;
import io.headrace.codecs.control.ServerRequest;
import io.headrace.codecs.control.ServerResponse;
import io.headrace.codecs.control.StreamCut;
import io.headrace.codecs.control.StreamCutRange;
import io.headrace.codecs.control.StreamCutRangeResponse;
import io.headrace.codecs.control.StreamCutValidityResponse;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.SuccessorResponse;
import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.net.Endpoint;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.function.Supplier;

/** Procedures that find segments and the nodes that serve them. */
final class SegmentProcedures {
    private SegmentProcedures() {}

    /**
     * All of them.
     *
     * @param controllers where clients find all of them
     * @param directory says where segments are
     */
    static List<Procedure<?, ?>> all(
            Procedure.Target target, Supplier<List<Endpoint>> controllers, Directory directory) {
        StreamInfo info = StreamInfo.getDefaultInstance();
        SegmentId segment = SegmentId.getDefaultInstance();
        SegmentRanges ranges = SegmentRanges.getDefaultInstance();
        return List.of(
                local(
                        "getControllerServerList",
                        ServerRequest.getDefaultInstance(),
                        ServerResponse.getDefaultInstance(),
                        request -> ServerResponse.newBuilder()
                                .addAllNodeURI(controllers.get().stream()
                                        .map(SegmentProcedures::node)
                                        .toList())
                                .build()),
                new Procedure<>(
                        "getURI",
                        segment,
                        NodeUri.getDefaultInstance(),
                        (request, answer) -> find(directory, request, answer)),
                // Without authorization there is nothing to delegate; clients take the empty token for that.
                local(
                        "getDelegationToken",
                        info,
                        DelegationToken.getDefaultInstance(),
                        request -> DelegationToken.getDefaultInstance()),
                command(
                        target,
                        "getCurrentSegments",
                        info,
                        ranges,
                        request -> new StreamCommand.GetCurrentSegments(FromProto.stream(request)),
                        StreamReply.Segments.class,
                        (request, reply) -> ToProto.ranges(request, reply.segments())),
                command(
                        target,
                        "getEpochSegments",
                        GetEpochSegmentsRequest.getDefaultInstance(),
                        ranges,
                        request -> new StreamCommand.GetEpochSegments(
                                FromProto.stream(request.getStreamInfo()), request.getEpoch()),
                        StreamReply.Segments.class,
                        (request, reply) -> ToProto.ranges(request.getStreamInfo(), reply.segments())),
                command(
                        target,
                        "getSegments",
                        GetSegmentsRequest.getDefaultInstance(),
                        SegmentsAtTime.getDefaultInstance(),
                        request -> new StreamCommand.GetHead(FromProto.stream(request.getStreamInfo())),
                        StreamReply.Cut.class,
                        (request, reply) -> ToProto.head(request.getStreamInfo(), reply.cut())),
                successors(target, "getSegmentsImmediatelyFollowing"),
                // Older clients know it by a misspelt name.
                successors(target, "getSegmentsImmediatlyFollowing"),
                command(
                        target,
                        "getSegmentsBetween",
                        StreamCutRange.getDefaultInstance(),
                        StreamCutRangeResponse.getDefaultInstance(),
                        request -> new StreamCommand.GetSegmentsBetween(
                                FromProto.stream(request.getStreamInfo()),
                                io.headrace.engine.streams.StreamCut.of(request.getFromMap()),
                                io.headrace.engine.streams.StreamCut.of(request.getToMap())),
                        StreamReply.Segments.class,
                        SegmentProcedures::between),
                command(
                        target,
                        "isSegmentValid",
                        segment,
                        SegmentValidityResponse.getDefaultInstance(),
                        request -> new StreamCommand.IsSegmentValid(
                                FromProto.stream(request.getStreamInfo()), request.getSegmentId()),
                        StreamReply.Valid.class,
                        (request, reply) -> SegmentValidityResponse.newBuilder()
                                .setResponse(reply.valid())
                                .build()),
                command(
                        target,
                        "isStreamCutValid",
                        StreamCut.getDefaultInstance(),
                        StreamCutValidityResponse.getDefaultInstance(),
                        request -> new StreamCommand.IsStreamCutValid(
                                FromProto.stream(request.getStreamInfo()), FromProto.cut(request)),
                        StreamReply.Valid.class,
                        (request, reply) -> StreamCutValidityResponse.newBuilder()
                                .setResponse(reply.valid())
                                .build()));
    }

    private static Procedure<SegmentId, SuccessorResponse> successors(Procedure.Target target, String name) {
        return command(
                target,
                name,
                SegmentId.getDefaultInstance(),
                SuccessorResponse.getDefaultInstance(),
                request -> new StreamCommand.GetSuccessors(
                        FromProto.stream(request.getStreamInfo()), request.getSegmentId()),
                StreamReply.Successors.class,
                (request, reply) -> ToProto.successors(request.getStreamInfo(), reply));
    }

    private static StreamCutRangeResponse between(StreamCutRange request, StreamReply.Segments reply) {
        StreamCutRangeResponse.Builder response = StreamCutRangeResponse.newBuilder();
        reply.segments()
                .forEach(segment -> response.addSegments(ToProto.segmentId(request.getStreamInfo(), segment.id())));
        return response.build();
    }

    private static void find(Directory directory, SegmentId request, Answer<NodeUri> answer) {
        StreamInfo stream = request.getStreamInfo();
        String scope = stream.getScope().isEmpty() ? "" : stream.getScope() + "/";
        // Whether there is such a segment is not asked here; its epoch does not matter for where it would be.
        String segment = scope + stream.getStream() + "/" + SegmentName.numberOf(request.getSegmentId());
        directory
                .storeOf(segment)
                .ifPresentOrElse(
                        store -> answer.ok(node(store)),
                        () -> answer.fail(
                                GrpcStatus.UNAVAILABLE, "no store has " + segment + " at present: try again"));
    }

    private static NodeUri node(Endpoint endpoint) {
        return NodeUri.newBuilder()
                .setEndpoint(endpoint.host())
                .setPort(endpoint.port())
                .build();
    }
}
