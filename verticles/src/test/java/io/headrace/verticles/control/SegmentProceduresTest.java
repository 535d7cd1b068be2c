/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.MISSING;
import static io.headrace.verticles.control.Messages.STREAM;
import static io.headrace.verticles.control.Messages.cut;
import static io.headrace.verticles.control.Messages.fixed;
import static io.headrace.verticles.control.Messages.id;
import static io.headrace.verticles.control.Messages.seal;
import static io.headrace.verticles.control.Messages.segment;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.DelegationToken;
import io.headrace.codecs.control.GetEpochSegmentsRequest;
import io.headrace.codecs.control.GetSegmentsRequest;
import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.SegmentValidityResponse;
import io.headrace.codecs.control.SegmentsAtTime;
import io.headrace.codecs.control.ServerRequest;
import io.headrace.codecs.control.ServerResponse;
import io.headrace.codecs.control.StreamCutRange;
import io.headrace.codecs.control.StreamCutRangeResponse;
import io.headrace.codecs.control.StreamCutValidityResponse;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.SuccessorResponse;
import io.headrace.codecs.control.UpdateStreamStatus;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SegmentProceduresTest {
    private final TestController controller = withStream(2);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void addresses() {
        ServerResponse servers = controller.ask(
                "getControllerServerList", ServerRequest.getDefaultInstance(), ServerResponse.getDefaultInstance());
        assertThat(servers.getNodeURIList())
                .containsExactly(NodeUri.newBuilder()
                        .setEndpoint("here.test")
                        .setPort(controller.port)
                        .build());
        NodeUri store = NodeUri.newBuilder()
                .setEndpoint(TestController.STORE.host())
                .setPort(TestController.STORE.port())
                .build();
        for (SegmentId segment : List.of(segment(STREAM, 0), segment(MISSING, -1), SegmentId.getDefaultInstance())) {
            assertThat(controller.ask("getURI", segment, NodeUri.getDefaultInstance()))
                    .isEqualTo(store);
        }
        for (StreamInfo stream : List.of(STREAM, MISSING, StreamInfo.getDefaultInstance())) {
            assertThat(controller
                            .ask("getDelegationToken", stream, DelegationToken.getDefaultInstance())
                            .getDelegationToken())
                    .isEmpty();
        }
    }

    @Test
    void currentSegments() {
        SegmentRanges ranges = ranges(STREAM);
        assertThat(ranges.getSegmentRangesList())
                .containsExactly(range(0, 0, 0.5), range(1, 0.5, 1))
                .first()
                .extracting(range -> range.getSegmentId().getStreamInfo())
                .isEqualTo(STREAM);
        assertThat(ranges.getDelegationToken()).isEmpty();
        notFound("getCurrentSegments", MISSING, SegmentRanges.getDefaultInstance());
        notFound("getCurrentSegments", StreamInfo.getDefaultInstance(), SegmentRanges.getDefaultInstance());
        seal(controller, STREAM);
        assertThat(ranges(STREAM).getSegmentRangesList()).isEmpty();
    }

    @Test
    void segmentsOfAnEpoch() {
        GetEpochSegmentsRequest request =
                GetEpochSegmentsRequest.newBuilder().setStreamInfo(STREAM).build();
        assertThat(controller
                        .ask("getEpochSegments", request, SegmentRanges.getDefaultInstance())
                        .getSegmentRangesCount())
                .isEqualTo(2);
        for (int epoch : new int[] {1, -1, Integer.MAX_VALUE}) {
            notFound(
                    "getEpochSegments",
                    request.toBuilder().setEpoch(epoch).build(),
                    SegmentRanges.getDefaultInstance());
        }
        notFound(
                "getEpochSegments",
                request.toBuilder().setStreamInfo(MISSING).build(),
                SegmentRanges.getDefaultInstance());
    }

    @Test
    void theHead() {
        GetSegmentsRequest request =
                GetSegmentsRequest.newBuilder().setStreamInfo(STREAM).build();
        SegmentsAtTime head = controller.ask("getSegments", request, SegmentsAtTime.getDefaultInstance());
        assertThat(head.getSegmentsList())
                .extracting(location -> location.getSegmentId().getSegmentId())
                .containsExactly(0L, 1L);
        assertThat(head.getSegmentsList())
                .extracting(SegmentsAtTime.SegmentLocation::getOffset)
                .containsOnly(0L);
        notFound(
                "getSegments", request.toBuilder().setStreamInfo(MISSING).build(), SegmentsAtTime.getDefaultInstance());
    }

    @Test
    void successors() {
        update(3);
        for (String name : List.of("getSegmentsImmediatelyFollowing", "getSegmentsImmediatlyFollowing")) {
            SuccessorResponse after = controller.ask(name, segment(STREAM, 0), SuccessorResponse.getDefaultInstance());
            assertThat(after.getSegmentsList())
                    .extracting(entry -> entry.getSegment().getSegmentId().getSegmentId())
                    .containsExactly(id(2, 1), id(3, 1));
            assertThat(after.getSegments(1).getValueList()).containsExactly(0L, 1L);
            for (long unknown : new long[] {17, -1, id(2, 1), Long.MIN_VALUE}) {
                assertThat(controller
                                .ask(name, segment(STREAM, unknown), SuccessorResponse.getDefaultInstance())
                                .getSegmentsList())
                        .isEmpty();
            }
            notFound(name, segment(MISSING, 0), SuccessorResponse.getDefaultInstance());
        }
    }

    @Test
    void segmentsBetweenCuts() {
        update(1);
        Map<Long, Long> beginning = Map.of(0L, 0L, 1L, 0L);
        Map<Long, Long> end = Map.of(id(2, 1), 0L);
        assertThat(controller
                        .ask(
                                "getSegmentsBetween",
                                between(STREAM, beginning, end),
                                StreamCutRangeResponse.getDefaultInstance())
                        .getSegmentsList())
                .extracting(SegmentId::getSegmentId)
                .containsExactlyInAnyOrder(0L, 1L, id(2, 1));
        for (StreamCutRange bad : List.of(
                between(STREAM, Map.of(), Map.of()),
                between(STREAM, end, beginning),
                between(STREAM, Map.of(99L, 0L), end),
                between(STREAM, beginning, Map.of(-7L, 0L)))) {
            controller.refused(
                    GrpcStatus.INVALID_ARGUMENT,
                    "getSegmentsBetween",
                    bad,
                    StreamCutRangeResponse.getDefaultInstance());
        }
        notFound("getSegmentsBetween", between(MISSING, beginning, end), StreamCutRangeResponse.getDefaultInstance());
    }

    @Test
    void validity() {
        assertThat(isSegmentValid(0)).isTrue();
        assertThat(isSegmentValid(2)).isFalse();
        assertThat(isSegmentValid(-1)).isFalse();
        notFound("isSegmentValid", segment(MISSING, 0), SegmentValidityResponse.getDefaultInstance());
        assertThat(isCutValid(Map.of(0L, 0L, 1L, 5L))).isTrue();
        assertThat(isCutValid(Map.of())).isFalse();
        assertThat(isCutValid(Map.of(0L, 0L))).isFalse();
        assertThat(isCutValid(Map.of(0L, 0L, 1L, 0L, 99L, 0L))).isFalse();
        notFound("isStreamCutValid", cut(MISSING, Map.of()), StreamCutValidityResponse.getDefaultInstance());
        seal(controller, STREAM);
        assertThat(isSegmentValid(0)).isFalse();
    }

    private void update(int segments) {
        assertThat(controller
                        .ask("updateStream", fixed(STREAM, segments), UpdateStreamStatus.getDefaultInstance())
                        .getStatus())
                .isEqualTo(UpdateStreamStatus.Status.SUCCESS);
    }

    private SegmentRanges ranges(StreamInfo stream) {
        return controller.ask("getCurrentSegments", stream, SegmentRanges.getDefaultInstance());
    }

    private static SegmentRange range(long id, double low, double high) {
        return SegmentRange.newBuilder()
                .setSegmentId(segment(STREAM, id))
                .setMinKey(low)
                .setMaxKey(high)
                .build();
    }

    private static StreamCutRange between(StreamInfo stream, Map<Long, Long> from, Map<Long, Long> to) {
        return StreamCutRange.newBuilder()
                .setStreamInfo(stream)
                .putAllFrom(from)
                .putAllTo(to)
                .build();
    }

    private boolean isSegmentValid(long id) {
        return controller
                .ask("isSegmentValid", segment(STREAM, id), SegmentValidityResponse.getDefaultInstance())
                .getResponse();
    }

    private boolean isCutValid(Map<Long, Long> offsets) {
        return controller
                .ask("isStreamCutValid", cut(STREAM, offsets), StreamCutValidityResponse.getDefaultInstance())
                .getResponse();
    }

    private void notFound(String procedure, com.google.protobuf.Message request, com.google.protobuf.Message response) {
        controller.refused(GrpcStatus.NOT_FOUND, procedure, request, response);
    }
}
