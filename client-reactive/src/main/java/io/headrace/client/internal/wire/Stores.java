/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.headrace.client.HeadraceException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.control.StreamCalls;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * The connections of one loop to segment stores, and which store has which segment. There are at most two connections to a
 * node: a server that lets writers wait does not read their connection, and readers must not wait with them.
 */
public final class Stores {
    private static final int MAX_KNOWN_OWNERS = 4096;

    /** What a connection is used for. */
    public enum Use {
        APPEND,
        REQUEST
    }

    private record Key(HostAndPort node, Use use) {}

    private final Loop loop;
    private final NetClient client;
    private final StreamCalls controller;
    private final Duration deadline;
    private final Map<Key, Future<StoreConnection>> connections = new HashMap<>();

    /** By segment; the one that was not asked for longest goes when there are too many. */
    private final Map<String, HostAndPort> owners = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, HostAndPort> eldest) {
            return size() > MAX_KNOWN_OWNERS;
        }
    };

    public Stores(Loop loop, NetClient client, StreamCalls controller, Duration deadline) {
        this.loop = loop;
        this.client = client;
        this.controller = controller;
        this.deadline = deadline;
    }

    /** A connection to the store that has the segment, which may be a transaction's. One attempt. */
    public Future<StoreConnection> connect(String segment, Use use) {
        loop.check();
        HostAndPort known = owners.get(segment);
        if (known != null) {
            return connect(known, use).onFailure(cause -> owners.remove(segment, known));
        }
        SegmentName name = SegmentName.parse(segment)
                .orElseThrow(() -> new IllegalArgumentException(segment + " is not the name of a segment"));
        return controller.ownerOf(name).compose(node -> {
            owners.put(segment, node);
            return connect(node, use).onFailure(cause -> owners.remove(segment, node));
        });
    }

    /** The store that was thought to have the segment does not, or cannot be reached. */
    public void forgetOwner(String segment) {
        owners.remove(segment);
    }

    /**
     * Asks the store that has the segment, again and again until the deadline if it cannot be reached. The request must
     * be one that does no harm when it is done twice.
     */
    public Future<Reply> request(String segment, LongFunction<? extends Request> request) {
        return new Asking(segment, request).begin();
    }

    private Future<StoreConnection> connect(HostAndPort node, Use use) {
        Key key = new Key(node, use);
        Future<StoreConnection> existing = connections.get(key);
        if (existing != null) {
            return existing;
        }
        Future<StoreConnection> opening = client.connect(node.port(), node.host())
                .map(socket -> new StoreConnection(loop, socket, node, () -> connections.remove(key)))
                .recover(cause -> {
                    connections.remove(key);
                    return Future.failedFuture(new UnavailableException(
                            "no connection to the store " + node + ": " + cause.getMessage(), cause));
                });
        connections.put(key, opening);
        return opening;
    }

    private final class Asking {
        private final String segment;
        private final LongFunction<? extends Request> request;
        private final long endNanos = System.nanoTime() + deadline.toNanos();
        private final Backoff backoff = new Backoff();
        private final Promise<Reply> answer = Promise.promise();

        Asking(String segment, LongFunction<? extends Request> request) {
            this.segment = segment;
            this.request = request;
        }

        Future<Reply> begin() {
            Loop.Timer ending = loop.whenEnding(() -> answer.tryFail(Loop.closed()));
            attempt();
            return answer.future().onComplete(ended -> ending.cancel());
        }

        private void attempt() {
            Duration left = Duration.ofNanos(endNanos - System.nanoTime());
            connect(segment, Use.REQUEST)
                    .compose(connection -> connection.request(request, left))
                    .onComplete(this::replied, this::failed);
        }

        private void replied(Reply reply) {
            if (reply instanceof WrongHost) {
                failed(new UnavailableException("no store has the segment " + segment));
            } else {
                answer.tryComplete(reply);
            }
        }

        private void failed(Throwable cause) {
            if (answer.future().isComplete()) {
                return; // the client was closed
            }
            forgetOwner(segment);
            Duration pause = backoff.next();
            boolean again = !(cause instanceof HeadraceException known) || known.isRetryable();
            if (again && System.nanoTime() + pause.toNanos() < endNanos) {
                loop.after(pause, this::attempt);
            } else {
                answer.tryFail(cause);
            }
        }
    }
}
