/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import static io.headrace.verticles.control.Messages.MISSING;
import static io.headrace.verticles.control.Messages.STREAM;
import static io.headrace.verticles.control.Messages.createStream;
import static io.headrace.verticles.control.Messages.cut;
import static io.headrace.verticles.control.Messages.fixed;
import static io.headrace.verticles.control.Messages.id;
import static io.headrace.verticles.control.Messages.seal;
import static io.headrace.verticles.control.Messages.stream;
import static io.headrace.verticles.control.Messages.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.control.CreateStreamStatus;
import io.headrace.codecs.control.DeleteStreamStatus;
import io.headrace.codecs.control.ExistsResponse;
import io.headrace.codecs.control.RemoveWriterRequest;
import io.headrace.codecs.control.RemoveWriterResponse;
import io.headrace.codecs.control.RetentionPolicy;
import io.headrace.codecs.control.ScaleRequest;
import io.headrace.codecs.control.ScaleRequest.KeyRangeEntry;
import io.headrace.codecs.control.ScaleResponse;
import io.headrace.codecs.control.ScaleStatusRequest;
import io.headrace.codecs.control.ScaleStatusResponse;
import io.headrace.codecs.control.ScalingPolicy;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamCut;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.Tags;
import io.headrace.codecs.control.TimestampFromWriter;
import io.headrace.codecs.control.TimestampResponse;
import io.headrace.codecs.control.UpdateStreamStatus;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StreamProceduresTest {
    private final TestController controller = withStream(2);

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void create() {
        assertThat(createStream(controller, fixed(STREAM, 7))).isEqualTo(CreateStreamStatus.Status.STREAM_EXISTS);
        assertThat(createStream(controller, fixed(stream("none", "a"), 1)))
                .isEqualTo(CreateStreamStatus.Status.SCOPE_NOT_FOUND);
        for (String name : List.of("", "a b", "é", "a/b", "x".repeat(256), "a\0")) {
            assertThat(createStream(controller, fixed(stream("s", name), 1)))
                    .as(name)
                    .isEqualTo(CreateStreamStatus.Status.INVALID_STREAM_NAME);
        }
        for (StreamConfig config : invalidConfigurations(MISSING)) {
            assertThat(createStream(controller, config)).as("%s", config).isEqualTo(CreateStreamStatus.Status.FAILURE);
        }
        assertThat(exists(MISSING)).isFalse();
    }

    @Test
    void unknownPoliciesAreRefused() {
        StreamConfig.Builder config = fixed(MISSING, 1).toBuilder();
        config.getScalingPolicyBuilder().setScaleTypeValue(17);
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT, "createStream", config.build(), CreateStreamStatus.getDefaultInstance());
        controller.refused(
                GrpcStatus.INVALID_ARGUMENT,
                "updateStream",
                fixed(STREAM, 1).toBuilder()
                        .setRetentionPolicy(RetentionPolicy.newBuilder().setRetentionTypeValue(17))
                        .build(),
                UpdateStreamStatus.getDefaultInstance());
    }

    @Test
    void update() {
        assertThat(update(fixed(STREAM, 3))).isEqualTo(UpdateStreamStatus.Status.SUCCESS);
        assertThat(update(fixed(MISSING, 3))).isEqualTo(UpdateStreamStatus.Status.STREAM_NOT_FOUND);
        assertThat(update(fixed(stream("none", "a"), 3))).isEqualTo(UpdateStreamStatus.Status.STREAM_NOT_FOUND);
        for (StreamConfig config : invalidConfigurations(STREAM)) {
            assertThat(update(config)).as("%s", config).isEqualTo(UpdateStreamStatus.Status.FAILURE);
        }
        seal(controller, STREAM);
        assertThat(update(fixed(STREAM, 4))).isEqualTo(UpdateStreamStatus.Status.STREAM_SEALED);
    }

    @Test
    void configuration() {
        StreamConfig wanted = StreamConfig.newBuilder()
                .setStreamInfo(stream("s", "b"))
                .setScalingPolicy(ScalingPolicy.newBuilder()
                        .setScaleType(ScalingPolicy.ScalingPolicyType.BY_RATE_IN_EVENTS_PER_SEC)
                        .setTargetRate(100)
                        .setScaleFactor(2)
                        .setMinNumSegments(1))
                .setRetentionPolicy(RetentionPolicy.newBuilder()
                        .setRetentionType(RetentionPolicy.RetentionPolicyType.TIME)
                        .setRetentionParam(5)
                        .setRetentionMax(10))
                .setTags(Tags.newBuilder().addTag("t1").addTag("t2"))
                .setTimestampAggregationTimeout(77)
                .setRolloverSizeBytes(1 << 20)
                .build();
        createStream(controller, wanted);
        assertThat(controller.ask("getStreamConfiguration", stream("s", "b"), StreamConfig.getDefaultInstance()))
                .isEqualTo(wanted);
        controller.refused(GrpcStatus.NOT_FOUND, "getStreamConfiguration", MISSING, StreamConfig.getDefaultInstance());
    }

    @Test
    void truncate() {
        assertThat(truncate(cut(STREAM, Map.of(0L, 0L, 1L, 0L)))).isEqualTo(UpdateStreamStatus.Status.SUCCESS);
        assertThat(truncate(cut(MISSING, Map.of(0L, 0L)))).isEqualTo(UpdateStreamStatus.Status.STREAM_NOT_FOUND);
        for (Map<Long, Long> offsets : List.<Map<Long, Long>>of(
                Map.of(), Map.of(0L, 0L), Map.of(0L, 1L, 1L, 0L), Map.of(7L, 0L), Map.of(-1L, 0L, 1L, 0L))) {
            assertThat(truncate(cut(STREAM, offsets))).as("%s", offsets).isEqualTo(UpdateStreamStatus.Status.FAILURE);
        }
        seal(controller, STREAM);
        assertThat(truncate(cut(STREAM, Map.of(0L, 0L, 1L, 0L)))).isEqualTo(UpdateStreamStatus.Status.STREAM_SEALED);
    }

    @Test
    void sealAndDelete() {
        assertThat(exists(STREAM)).isTrue();
        assertThat(seal(controller, MISSING)).isEqualTo(UpdateStreamStatus.Status.STREAM_NOT_FOUND);
        assertThat(seal(controller, stream("", ""))).isEqualTo(UpdateStreamStatus.Status.STREAM_NOT_FOUND);
        assertThat(delete(STREAM)).isEqualTo(DeleteStreamStatus.Status.STREAM_NOT_SEALED);
        assertThat(seal(controller, STREAM)).isEqualTo(UpdateStreamStatus.Status.SUCCESS);
        assertThat(seal(controller, STREAM)).isEqualTo(UpdateStreamStatus.Status.SUCCESS);
        assertThat(delete(STREAM)).isEqualTo(DeleteStreamStatus.Status.SUCCESS);
        assertThat(delete(STREAM)).isEqualTo(DeleteStreamStatus.Status.STREAM_NOT_FOUND);
        assertThat(exists(STREAM)).isFalse();
    }

    @Test
    void scale() {
        ScaleResponse started = scale(STREAM, List.of(0L), 0, 0.25, 0.5);
        assertThat(started.getStatus()).isEqualTo(ScaleResponse.ScaleStreamStatus.STARTED);
        assertThat(started.getEpoch()).isZero();
        assertThat(started.getSegmentsList())
                .extracting(SegmentRange::getSegmentId)
                .extracting("segmentId_")
                .containsExactly(id(2, 1), id(3, 1));
        assertThat(scale(STREAM, List.of(9L), 0, 0.5).getStatus())
                .isEqualTo(ScaleResponse.ScaleStreamStatus.PRECONDITION_FAILED);
        assertThat(scale(MISSING, List.of(0L), 0, 0.5).getStatus()).isEqualTo(ScaleResponse.ScaleStreamStatus.FAILURE);
        for (double[] bounds : new double[][] {
            {}, {0.5, 0.25}, {0.5, Double.NaN}, {0.5, Double.POSITIVE_INFINITY}, {0.5, 0.75}, {-1, 2}
        }) {
            assertThat(scale(STREAM, List.of(1L), bounds).getStatus())
                    .as("%s", bounds)
                    .isEqualTo(ScaleResponse.ScaleStreamStatus.FAILURE);
        }
        assertThat(scale(STREAM, List.of()).getStatus()).isNotEqualTo(ScaleResponse.ScaleStreamStatus.STARTED);
    }

    @Test
    void checkScale() {
        assertThat(scaleStatus(STREAM, 0)).isEqualTo(ScaleStatusResponse.ScaleStatus.IN_PROGRESS);
        assertThat(scaleStatus(STREAM, 1)).isEqualTo(ScaleStatusResponse.ScaleStatus.INVALID_INPUT);
        assertThat(scaleStatus(STREAM, -1)).isEqualTo(ScaleStatusResponse.ScaleStatus.INVALID_INPUT);
        assertThat(scaleStatus(MISSING, 0)).isEqualTo(ScaleStatusResponse.ScaleStatus.INVALID_INPUT);
    }

    @Test
    void timesOfWriters() {
        assertThat(note(STREAM, "w", 100, Map.of(0L, 10L, 1L, 10L))).isEqualTo(TimestampResponse.Status.SUCCESS);
        assertThat(note(STREAM, "w", 50, Map.of(0L, 20L, 1L, 20L))).isEqualTo(TimestampResponse.Status.INVALID_TIME);
        assertThat(note(STREAM, "w", 200, Map.of(0L, 5L, 1L, 20L)))
                .isEqualTo(TimestampResponse.Status.INVALID_POSITION);
        assertThat(remove(STREAM, "w")).isEqualTo(RemoveWriterResponse.Status.SUCCESS);
        assertThat(remove(STREAM, "nobody")).isEqualTo(RemoveWriterResponse.Status.UNKNOWN_WRITER);
        assertThat(remove(MISSING, "w")).isEqualTo(RemoveWriterResponse.Status.UNKNOWN_WRITER);
        controller.refused(
                GrpcStatus.NOT_FOUND,
                "noteTimestampFromWriter",
                TimestampFromWriter.newBuilder()
                        .setWriter("w")
                        .setPosition(cut(MISSING, Map.of(0L, 0L)))
                        .build(),
                TimestampResponse.getDefaultInstance());
    }

    private static List<StreamConfig> invalidConfigurations(StreamInfo stream) {
        StreamConfig good = fixed(stream, 1);
        return List.of(
                StreamConfig.newBuilder().setStreamInfo(stream).build(),
                fixed(stream, -1),
                fixed(stream, Integer.MAX_VALUE),
                good.toBuilder().setRolloverSizeBytes(-1).build(),
                good.toBuilder().setTimestampAggregationTimeout(-1).build(),
                good.toBuilder()
                        .setRetentionPolicy(RetentionPolicy.newBuilder()
                                .setRetentionType(RetentionPolicy.RetentionPolicyType.SIZE)
                                .setRetentionParam(10)
                                .setRetentionMax(5))
                        .build(),
                good.toBuilder()
                        .setTags(Tags.newBuilder().addTag("x".repeat(256)))
                        .build(),
                good.toBuilder()
                        .setScalingPolicy(ScalingPolicy.newBuilder()
                                .setScaleType(ScalingPolicy.ScalingPolicyType.BY_RATE_IN_KBYTES_PER_SEC)
                                .setTargetRate(-5)
                                .setScaleFactor(2)
                                .setMinNumSegments(1))
                        .build());
    }

    private boolean exists(StreamInfo stream) {
        return controller
                .ask("checkStreamExists", stream, ExistsResponse.getDefaultInstance())
                .getExists();
    }

    private UpdateStreamStatus.Status update(StreamConfig config) {
        return controller
                .ask("updateStream", config, UpdateStreamStatus.getDefaultInstance())
                .getStatus();
    }

    private UpdateStreamStatus.Status truncate(StreamCut cut) {
        return controller
                .ask("truncateStream", cut, UpdateStreamStatus.getDefaultInstance())
                .getStatus();
    }

    private DeleteStreamStatus.Status delete(StreamInfo stream) {
        return controller
                .ask("deleteStream", stream, DeleteStreamStatus.getDefaultInstance())
                .getStatus();
    }

    private ScaleResponse scale(StreamInfo stream, List<Long> sealed, double... bounds) {
        ScaleRequest.Builder request =
                ScaleRequest.newBuilder().setStreamInfo(stream).addAllSealedSegments(sealed);
        for (int i = 0; i + 1 < bounds.length; i++) {
            request.addNewKeyRanges(
                    KeyRangeEntry.newBuilder().setStart(bounds[i]).setEnd(bounds[i + 1]));
        }
        return controller.ask("scale", request.build(), ScaleResponse.getDefaultInstance());
    }

    private ScaleStatusResponse.ScaleStatus scaleStatus(StreamInfo stream, int epoch) {
        return controller
                .ask(
                        "checkScale",
                        ScaleStatusRequest.newBuilder()
                                .setStreamInfo(stream)
                                .setEpoch(epoch)
                                .build(),
                        ScaleStatusResponse.getDefaultInstance())
                .getStatus();
    }

    private TimestampResponse.Status note(StreamInfo stream, String writer, long time, Map<Long, Long> position) {
        return controller
                .ask(
                        "noteTimestampFromWriter",
                        TimestampFromWriter.newBuilder()
                                .setWriter(writer)
                                .setTimestamp(time)
                                .setPosition(cut(stream, position))
                                .build(),
                        TimestampResponse.getDefaultInstance())
                .getResult();
    }

    private RemoveWriterResponse.Status remove(StreamInfo stream, String writer) {
        return controller
                .ask(
                        "removeWriter",
                        RemoveWriterRequest.newBuilder()
                                .setStream(stream)
                                .setWriter(writer)
                                .build(),
                        RemoveWriterResponse.getDefaultInstance())
                .getResult();
    }
}
