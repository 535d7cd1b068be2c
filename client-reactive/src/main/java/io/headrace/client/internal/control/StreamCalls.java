/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.control;

import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.codecs.control.GetEpochSegmentsRequest;
import io.headrace.codecs.control.GetSegmentsRequest;
import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.SegmentsAtTime;
import io.headrace.codecs.control.StreamCutRange;
import io.headrace.codecs.control.StreamCutRangeResponse;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.SuccessorResponse;
import io.headrace.codecs.control.TimestampFromWriter;
import io.headrace.codecs.control.TimestampResponse;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What writers and readers ask the controller, in the terms of this client. On the controller's loop. */
public final class StreamCalls {

    /**
     * A segment that takes over from others.
     *
     * @param predecessors ids of all segments that it takes over from
     */
    public record Successor(StreamSegment segment, List<Long> predecessors) {
        public Successor {
            predecessors = List.copyOf(predecessors);
        }
    }

    private final Controller controller;

    public StreamCalls(Controller controller) {
        this.controller = controller;
    }

    /** The segments that take data now; none if the stream is sealed. */
    public Future<List<StreamSegment>> currentSegments(StreamName stream) {
        return controller
                .call("getCurrentSegments", toProto(stream), SegmentRanges.getDefaultInstance())
                .map(ranges -> segments(ranges.getSegmentRangesList()))
                .recover(cause -> missing(cause, stream));
    }

    /** The segments of one epoch. */
    public Future<List<StreamSegment>> epochSegments(StreamName stream, int epoch) {
        GetEpochSegmentsRequest request = GetEpochSegmentsRequest.newBuilder()
                .setStreamInfo(toProto(stream))
                .setEpoch(epoch)
                .build();
        return controller
                .call("getEpochSegments", request, SegmentRanges.getDefaultInstance())
                .map(ranges -> segments(ranges.getSegmentRangesList()))
                .recover(cause -> missing(cause, stream));
    }

    /** The first offsets that are left, by segment id. */
    public Future<SortedMap<Long, Long>> head(StreamName stream) {
        GetSegmentsRequest request =
                GetSegmentsRequest.newBuilder().setStreamInfo(toProto(stream)).build();
        return controller
                .call("getSegments", request, SegmentsAtTime.getDefaultInstance())
                .<SortedMap<Long, Long>>map(head -> head.getSegmentsList().stream()
                        .collect(Collectors.toMap(
                                location -> location.getSegmentId().getSegmentId(),
                                SegmentsAtTime.SegmentLocation::getOffset,
                                Math::max,
                                TreeMap::new)))
                .recover(cause -> missing(cause, stream));
    }

    /** Ids of all segments that have something between two cuts; no offsets stand for the beginning or for now. */
    public Future<List<Long>> segmentsBetween(StreamName stream, Map<Long, Long> from, Map<Long, Long> to) {
        StreamCutRange request = StreamCutRange.newBuilder()
                .setStreamInfo(toProto(stream))
                .putAllFrom(from)
                .putAllTo(to)
                .build();
        return controller
                .call("getSegmentsBetween", request, StreamCutRangeResponse.getDefaultInstance())
                .map(answer -> answer.getSegmentsList().stream()
                        .map(SegmentId::getSegmentId)
                        .toList())
                .recover(cause -> missing(cause, stream));
    }

    /** The segments that take over from one that is sealed; none if the stream is sealed. */
    public Future<List<Successor>> successors(StreamName stream, long segmentId) {
        return controller
                .call(
                        "getSegmentsImmediatelyFollowing",
                        toProto(stream, segmentId),
                        SuccessorResponse.getDefaultInstance())
                .map(answer -> answer.getSegmentsList().stream()
                        .map(entry -> new Successor(segment(entry.getSegment()), entry.getValueList()))
                        .toList())
                .recover(cause -> missing(cause, stream));
    }

    /** The store to talk to about a segment, which may be a table's. */
    public Future<HostAndPort> ownerOf(SegmentName segment) {
        SegmentId id = SegmentId.newBuilder()
                .setStreamInfo(StreamInfo.newBuilder().setScope(segment.scope()).setStream(segment.stream()))
                .setSegmentId(segment.id())
                .build();
        return controller
                .call("getURI", id, NodeUri.getDefaultInstance())
                .map(node -> HostAndPort.create(node.getEndpoint(), node.getPort()));
    }

    /** Says up to which time a writer has written everything; {@code position} is where its segments ended by then. */
    public Future<Void> noteTime(StreamName stream, String writer, long millis, Map<Long, Long> position) {
        TimestampFromWriter request = TimestampFromWriter.newBuilder()
                .setWriter(writer)
                .setPosition(toProto(stream, position))
                .setTimestamp(millis)
                .build();
        return controller
                .call("noteTimestampFromWriter", request, TimestampResponse.getDefaultInstance())
                .recover(cause -> missing(cause, stream))
                .compose(reply -> switch (reply.getResult()) {
                    case SUCCESS -> Future.succeededFuture();
                    case INVALID_TIME ->
                        Future.failedFuture(
                                new ConflictException(writer + " has noted a later time than " + millis + " before"));
                    case INVALID_POSITION ->
                        Future.failedFuture(new ConflictException(writer + " has noted a later position before"));
                    default -> Future.failedFuture(ScopeCalls.failed("noting time of " + writer));
                });
    }

    public Controller controller() {
        return controller;
    }

    static StreamInfo toProto(StreamName stream) {
        return StreamInfo.newBuilder()
                .setScope(stream.scope())
                .setStream(stream.name())
                .build();
    }

    static io.headrace.codecs.control.StreamCut toProto(StreamName stream, Map<Long, Long> offsets) {
        return io.headrace.codecs.control.StreamCut.newBuilder()
                .setStreamInfo(toProto(stream))
                .putAllCut(offsets)
                .build();
    }

    private static SegmentId toProto(StreamName stream, long segmentId) {
        return SegmentId.newBuilder()
                .setStreamInfo(toProto(stream))
                .setSegmentId(segmentId)
                .build();
    }

    static List<StreamSegment> segments(List<SegmentRange> ranges) {
        return ranges.stream().map(StreamCalls::segment).toList();
    }

    private static StreamSegment segment(SegmentRange range) {
        return new StreamSegment(range.getSegmentId().getSegmentId(), range.getMinKey(), range.getMaxKey());
    }

    static <T> Future<T> missing(Throwable cause, StreamName stream) {
        return Future.failedFuture(
                cause instanceof NotFoundException
                        ? new NotFoundException("there is no stream " + stream, cause)
                        : cause);
    }
}
