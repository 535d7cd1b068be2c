/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import com.google.protobuf.Message;
import io.headrace.codecs.control.CreateScopeStatus;
import io.headrace.codecs.control.CreateStreamStatus;
import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.ScalingPolicy;
import io.headrace.codecs.control.ScalingPolicy.ScalingPolicyType;
import io.headrace.codecs.control.ScopeInfo;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.SegmentRanges;
import io.headrace.codecs.control.StreamConfig;
import io.headrace.codecs.control.StreamInfo;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The few calls of the controller service that the demonstration needs. */
final class ControllerClient {
    private static final ServiceName SERVICE =
            ServiceName.create("io.pravega.controller.stream.api.grpc.v1", "ControllerService");
    private static final long TIMEOUT_SECONDS = 30;

    private final GrpcClient client;
    private final SocketAddress controller;

    ControllerClient(Vertx vertx, SocketAddress controller) {
        this.client = GrpcClient.client(vertx);
        this.controller = controller;
    }

    /** Succeeds also if the scope is there already. */
    Future<Void> createScope(String scope) {
        return call(
                        "createScope",
                        ScopeInfo.newBuilder().setScope(scope).build(),
                        CreateScopeStatus.getDefaultInstance())
                .compose(reply -> switch (reply.getStatus()) {
                    case SUCCESS, SCOPE_EXISTS -> Future.succeededFuture();
                    default -> Future.failedFuture("scope " + scope + " was not created: " + reply.getStatus());
                });
    }

    Future<Void> createStream(StreamInfo stream, int segments) {
        ScalingPolicy policy = ScalingPolicy.newBuilder()
                .setScaleType(ScalingPolicyType.FIXED_NUM_SEGMENTS)
                .setMinNumSegments(segments)
                .build();
        StreamConfig config = StreamConfig.newBuilder()
                .setStreamInfo(stream)
                .setScalingPolicy(policy)
                .build();
        return call("createStream", config, CreateStreamStatus.getDefaultInstance())
                .compose(reply -> reply.getStatus() == CreateStreamStatus.Status.SUCCESS
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                "stream " + stream.getStream() + " was not created: " + reply.getStatus()));
    }

    Future<List<SegmentRange>> currentSegments(StreamInfo stream) {
        return call("getCurrentSegments", stream, SegmentRanges.getDefaultInstance())
                .map(SegmentRanges::getSegmentRangesList);
    }

    /** The segment store to talk to about a segment. */
    Future<NodeUri> ownerOf(SegmentId segment) {
        return call("getURI", segment, NodeUri.getDefaultInstance());
    }

    private <Q extends Message, A extends Message> Future<A> call(String method, Q question, A emptyAnswer) {
        ServiceMethod<A, Q> rpc = ServiceMethod.client(
                SERVICE, method, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(emptyAnswer));
        return client.request(controller, rpc)
                .compose(request -> {
                    request.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                    return request.send(question);
                })
                .compose(response -> response.last())
                .recover(cause -> Future.failedFuture(new DemoException(
                        method + " failed at the controller " + controller + ": " + cause.getMessage(), cause)));
    }
}
