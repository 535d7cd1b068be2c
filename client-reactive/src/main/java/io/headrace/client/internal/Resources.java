/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal;

import io.headrace.client.ClientOptions;
import io.headrace.client.internal.control.Controller;
import io.headrace.client.internal.control.StreamCalls;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.wire.Stores;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;

/**
 * What everything on one loop shares.
 *
 * @param streams the controller, as writers and readers ask it
 */
public record Resources(Loop loop, StreamCalls streams, Stores stores, ClientOptions options) {

    public static Resources on(Loop loop, GrpcClient grpc, NetClient sockets, ClientOptions options) {
        Controller controller = new Controller(
                loop,
                grpc,
                options.controllers().stream()
                        .map(uri -> SocketAddress.inetSocketAddress(uri.getPort(), uri.getHost()))
                        .toList(),
                options.deadline());
        StreamCalls streams = new StreamCalls(controller);
        return new Resources(loop, streams, new Stores(loop, sockets, streams, options.deadline()), options);
    }

    public Controller controller() {
        return streams.controller();
    }
}
