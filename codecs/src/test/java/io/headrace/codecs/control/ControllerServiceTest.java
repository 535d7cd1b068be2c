/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import org.junit.jupiter.api.Test;

/** What clients find on the wire is what their own copy of the interface says. */
class ControllerServiceTest {
    private static final FileDescriptor FILE = StreamConfig.getDescriptor().getFile();

    @Test
    void isTheServiceThatClientsCall() {
        ServiceDescriptor service = FILE.findServiceByName("ControllerService");
        assertThat(service.getFullName()).isEqualTo("io.pravega.controller.stream.api.grpc.v1.ControllerService");
        assertThat(service.getMethods()).hasSize(46).allMatch(m -> !m.isClientStreaming() && !m.isServerStreaming());
        assertThat(service.findMethodByName("getSegmentsImmediatlyFollowing").getOutputType())
                .isEqualTo(service.findMethodByName("getSegmentsImmediatelyFollowing")
                        .getOutputType());
    }

    @Test
    void numbersItsFieldsAsClientsDo() {
        // A request and its bytes, written down by hand: field 1 {1: "s", 2: "t", 3: WRITE}, field 2 {1: 2, 2: 10, 3:
        // 2, 4: 1}.
        StreamConfig config = StreamConfig.newBuilder()
                .setStreamInfo(StreamInfo.newBuilder()
                        .setScope("s")
                        .setStream("t")
                        .setAccessOperation(StreamInfo.AccessOperation.WRITE))
                .setScalingPolicy(ScalingPolicy.newBuilder()
                        .setScaleType(ScalingPolicy.ScalingPolicyType.BY_RATE_IN_EVENTS_PER_SEC)
                        .setTargetRate(10)
                        .setScaleFactor(2)
                        .setMinNumSegments(1))
                .build();
        assertThat(config.toByteArray())
                .containsExactly(
                        0x0a, 8, 0x0a, 1, 's', 0x12, 1, 't', 0x18, 4, 0x12, 8, 0x08, 2, 0x10, 10, 0x18, 2, 0x20, 1);
        assertThat(ListCompletedTxnResponse.RESPONSE_FIELD_NUMBER).isEqualTo(2);
        assertThat(CreateStreamStatus.getDefaultInstance().getStatus()).isEqualTo(CreateStreamStatus.Status.SUCCESS);
    }
}
