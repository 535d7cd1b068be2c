/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClusteredVertxTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final Map<String, Endpoint> buses = new ConcurrentHashMap<>();
    private final List<Vertx> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(vertx -> await(vertx.close()));
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    /** A node whose Hazelcast finds nobody. */
    private Vertx alone(String id) throws IOException {
        int member;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            member = free.getLocalPort();
        }
        ClusteredVertx.Joined joined = await(ClusteredVertx.start(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1),
                "test",
                id,
                buses::get,
                LOOPBACK,
                new ClusteredVertx.Listener(member, new Endpoint(LOOPBACK, member)),
                List::of,
                new ClusteredVertx.Listener(0, new Endpoint(LOOPBACK, 0))));
        started.add(joined.vertx());
        buses.put(id, new Endpoint(LOOPBACK, joined.busPort()));
        return joined.vertx();
    }

    private static String ask(Vertx from, String node) {
        return await(from.eventBus()
                .<String>request(ClusteredVertx.address("tests", node), "a question")
                .map(answer -> answer.body()));
    }

    private static void answering(Vertx vertx, String node) {
        vertx.eventBus()
                .<String>consumer(
                        ClusteredVertx.address("tests", node),
                        message -> message.reply(node + " has got " + message.body()));
    }

    @Test
    void nodesThatHazelcastHasNotBroughtTogetherTalkAllTheSame() throws Exception {
        Vertx one = alone("node.1");
        Vertx two = alone("node-2");
        answering(one, "node.1");
        answering(two, "node-2");
        assertThat(ask(one, "node-2")).isEqualTo("node-2 has got a question");
        assertThat(ask(two, "node.1")).isEqualTo("node.1 has got a question");
        assertThat(ask(two, "node-2")).isEqualTo("node-2 has got a question");
        assertThatThrownBy(() -> ask(one, "node-3")).hasMessageContaining("there is no node node-3 at present");

        Endpoint before = buses.get("node-2");
        await(two.close());
        started.remove(two);
        Vertx again = alone("node-2");
        answering(again, "node-2");
        assertThat(buses.get("node-2")).isNotEqualTo(before);
        assertThat(ask(one, "node-2")).isEqualTo("node-2 has got a question");
    }
}
