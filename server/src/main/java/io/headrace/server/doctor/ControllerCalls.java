/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import com.google.protobuf.Message;
import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentId;
import io.headrace.codecs.control.ServerRequest;
import io.headrace.codecs.control.ServerResponse;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a controller what clients ask it first. */
final class ControllerCalls implements AutoCloseable {
    private static final ServiceName SERVICE =
            ServiceName.create("io.pravega.controller.stream.api.grpc.v1", "ControllerService");
    private static final int LIMIT_SECONDS = 5;

    private final Vertx vertx = Vertx.vertx();
    private final GrpcClient client = GrpcClient.client(vertx);
    private final SocketAddress controller;

    ControllerCalls(Endpoint controller) {
        this.controller = SocketAddress.inetSocketAddress(controller.port(), controller.host());
    }

    /** The addresses of all controllers. */
    List<Endpoint> controllers() throws ExecutionException, TimeoutException, InterruptedException {
        return call("getControllerServerList", ServerRequest.getDefaultInstance(), ServerResponse.getDefaultInstance())
                .getNodeURIList()
                .stream()
                .map(ControllerCalls::endpoint)
                .toList();
    }

    /** The store that has a segment, or would have it if there were one. */
    Endpoint storeOf(String scope, String stream) throws ExecutionException, TimeoutException, InterruptedException {
        SegmentId segment = SegmentId.newBuilder()
                .setStreamInfo(StreamInfo.newBuilder().setScope(scope).setStream(stream))
                .build();
        return endpoint(call("getURI", segment, NodeUri.getDefaultInstance()));
    }

    private static Endpoint endpoint(NodeUri node) {
        return new Endpoint(node.getEndpoint(), node.getPort());
    }

    private <Q extends Message, A extends Message> A call(String method, Q question, A emptyAnswer)
            throws ExecutionException, TimeoutException, InterruptedException {
        ServiceMethod<A, Q> rpc = ServiceMethod.client(
                SERVICE, method, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(emptyAnswer));
        return client.request(controller, rpc)
                .compose(request -> request.send(question))
                .compose(response -> response.last())
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        var unused = vertx.close();
    }
}
