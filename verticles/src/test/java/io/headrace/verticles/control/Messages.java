/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

import io.headrace.codecs.control.ContinuationToken;
import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.CreateStreamStatus;
import io.headrace.codecs.control.ScalingPolicy;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamCut;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.control.UpdateStreamStatus;
import java.util.Map;

/** Requests that many tests make. */
final class Messages {
    static final ScopeInfo SCOPE = scope("s");
    static final StreamInfo STREAM = stream("s", "a");
    static final StreamInfo MISSING = stream("s", "missing");

    private Messages() {}

    static ScopeInfo scope(String name) {
        return ScopeInfo.newBuilder().setScope(name).build();
    }

    static StreamInfo stream(String scope, String name) {
        return StreamInfo.newBuilder().setScope(scope).setStream(name).build();
    }

    static StreamConfig fixed(StreamInfo stream, int segments) {
        return StreamConfig.newBuilder()
                .setStreamInfo(stream)
                .setScalingPolicy(ScalingPolicy.newBuilder().setMinNumSegments(segments))
                .build();
    }

    static SegmentId segment(StreamInfo stream, long id) {
        return SegmentId.newBuilder().setStreamInfo(stream).setSegmentId(id).build();
    }

    static StreamCut cut(StreamInfo stream, Map<Long, Long> offsets) {
        return StreamCut.newBuilder().setStreamInfo(stream).putAllCut(offsets).build();
    }

    static ContinuationToken token(String token) {
        return ContinuationToken.newBuilder().setToken(token).build();
    }

    static long id(int number, int epoch) {
        return (long) epoch << 32 | number;
    }

    /** A controller that has stream {@code s/a} with a number of segments. */
    static TestController withStream(int segments) {
        TestController controller = new TestController();
        createScope(controller, SCOPE);
        createStream(controller, fixed(STREAM, segments));
        return controller;
    }

    static CreateScopeStatus.Status createScope(TestController controller, ScopeInfo scope) {
        return controller
                .ask("createScope", scope, CreateScopeStatus.getDefaultInstance())
                .getStatus();
    }

    static CreateStreamStatus.Status createStream(TestController controller, StreamConfig config) {
        return controller
                .ask("createStream", config, CreateStreamStatus.getDefaultInstance())
                .getStatus();
    }

    static UpdateStreamStatus.Status seal(TestController controller, StreamInfo stream) {
        return controller
                .ask("sealStream", stream, UpdateStreamStatus.getDefaultInstance())
                .getStatus();
    }
}
