/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.net;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;

/** Tries whether something listens at an address, by a connection that is closed at once. From any thread. */
public final class Reach {
    private final NetClient client;
    private final int limitMillis;

    /**
     * Tries for a while.
     *
     * @param limitMillis how long a connection may take
     */
    public Reach(Vertx vertx, int limitMillis) {
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(limitMillis));
        this.limitMillis = limitMillis;
    }

    /** Why nothing is reached there, in a few words; empty if something listens. Does not fail. */
    public Future<Optional<String>> attempt(Endpoint endpoint) {
        return client.connect(endpoint.port(), endpoint.host())
                .map(socket -> {
                    var unused = socket.close();
                    return Optional.<String>empty();
                })
                .otherwise(cause -> Optional.of(reason(cause, limitMillis)));
    }

    /** Why a connection was not made, in a few words. */
    public static String reason(Throwable cause, int limitMillis) {
        if (cause instanceof UnknownHostException) {
            return "that host name has no address";
        }
        if (cause instanceof ConnectTimeoutException || cause instanceof SocketTimeoutException) {
            return "no answer within " + limitMillis + " ms";
        }
        if (cause instanceof EOFException) {
            return "the other side closed the connection";
        }
        if (cause instanceof NoRouteToHostException) {
            return "there is no route to it";
        }
        return cause instanceof ConnectException ? "refused" : String.valueOf(cause.getMessage());
    }
}
