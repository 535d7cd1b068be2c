/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static io.headrace.server.gateway.Peer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyRange;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.server.Received;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of reader groups that come over WebSockets, alone and beside readers of the client. */
final class SocketGroupTest extends GatewayTest {
    private static final int KEYS = 7;

    private HeadraceClient client;
    private StreamName stream;
    private ReaderGroup group;

    @BeforeEach
    void connect() {
        client = HeadraceClient.connect(server.controller());
        stream = new StreamName(scope, "a");
        group = client.readerGroups(scope).group("g");
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private void make() {
        client.readerGroups(scope)
                .create(
                        "g",
                        ReaderGroupConfiguration.of(stream)
                                .withCheckpointInterval(Duration.ofMillis(300))
                                .withRefreshInterval(Duration.ofMillis(100)))
                .ignoreElement()
                .blockingAwait();
    }

    private void write(int from, int to) {
        client.writer(stream, Serializers.utf8())
                .writeAll(
                        Flowable.range(from, to - from).map(i -> Integer.toString(i)),
                        text -> "key-" + Integer.parseInt(text) % KEYS)
                .blockingAwait();
    }

    private JsonObject join(String reader, int permits) {
        return message("join", "g")
                .put("group", scope + "/g")
                .put("reader", reader)
                .put("permits", permits);
    }

    private static void joined(Peer peer) throws InterruptedException {
        JsonObject answer = peer.json();
        assertThat(answer.getString("op")).as(answer.encode()).isEqualTo("joined");
    }

    private static JsonObject acknowledge(JsonObject event) {
        return message("acknowledge", "g").put("position", event.getString("position"));
    }

    private static int number(JsonObject event) {
        assertThat(event.getString("op")).as(event.encode()).isEqualTo("event");
        return Integer.parseInt(event.getString("text"));
    }

    private static List<Integer> numbers(int to) {
        return IntStream.range(0, to).boxed().toList();
    }

    @Test
    void whoTakesOverGoesOnBehindWhatWasAcknowledged() throws Exception {
        createStream("a", 2);
        write(0, 100);
        List<Integer> done = new ArrayList<>();
        try (Peer first = new Peer()) {
            // The group is made on the way.
            first.send(join("r", 100).put("streams", new JsonArray().add(stream.toString())));
            joined(first);
            JsonObject last = new JsonObject();
            for (int i = 0; i < 60; i++) {
                JsonObject event = first.json();
                assertThat(event.getString("stream")).isEqualTo(stream.toString());
                if (i < 40) {
                    done.add(number(event));
                    last = event;
                }
            }
            first.send(acknowledge(last));
            // One that comes in between is refused, and so is a place that is none.
            try (Peer other = new Peer()) {
                other.send(join("r", 1));
                assertThat(other.json().getInteger("status")).isEqualTo(409);
            }
            first.send(acknowledge(last));
            JsonObject refused = first.json();
            while (!refused.getString("op").equals("error")) {
                refused = first.json();
            }
            assertThat(refused.getInteger("status")).isEqualTo(400);
            assertThat(refused.getString("field")).isEqualTo("position");
        }
        // It comes back under its name, before anybody else has to do with it.
        try (Peer second = new Peer()) {
            second.send(join("r", 60));
            joined(second);
            JsonObject last = new JsonObject();
            for (int i = 0; i < 60; i++) {
                last = second.json();
                done.add(number(last));
            }
            second.send(acknowledge(last));
            second.send(message("unsubscribe", "g"));
            assertThat(second.json()).isEqualTo(message("ended", "g"));
            await(() -> group.readers().blockingGet().isEmpty());
        }
        assertThat(done.stream().sorted().toList()).isEqualTo(numbers(100));
    }

    @Test
    void mistakesAreTold() throws Exception {
        createStream("a", 1);
        try (Peer peer = new Peer()) {
            peer.send(join("r", 1));
            joined(peer);
            JsonObject missing = peer.json();
            assertThat(missing.getInteger("status")).as(missing.encode()).isEqualTo(404);
            peer.send(join("no name", 1));
            assertThat(peer.json().getInteger("status")).isEqualTo(400);
            peer.send(join("r", 1).put("group", "nowhere"));
            assertThat(peer.json().getString("field")).isEqualTo("group");
            peer.send(acknowledge(new JsonObject().put("position", "position:AAAA")));
            assertThat(peer.json().getString("field")).isEqualTo("id");
        }
    }

    /** A reader that was lost together with its server does not keep its segments for ever. */
    @Test
    void aReaderOfAServerThatEndedIsTakenOver() throws Exception {
        createStream("a", 1);
        make();
        write(0, 10);
        HeadraceClient lost = HeadraceClient.connect(server.controller());
        TestSubscriber<Event<String>> reading = lost.readerGroups(scope)
                .group("g")
                .reader("r", Serializers.utf8())
                .events()
                .test(3);
        Received.await(reading, 3);
        try (Peer peer = new Peer()) {
            peer.send(join("r", 10));
            joined(peer);
            assertThat(peer.json().getInteger("status")).isEqualTo(409);
            peer.send(join("r", 10).put("takeover", true));
            joined(peer);
            number(peer.json());
        }
        lost.close();
    }

    /** Each event is read, and what was acknowledged is read once, whatever happens in between. */
    @Test
    void aMixedGroupReadsAll() throws Exception {
        createStream("a", 3);
        make();
        TestSubscriber<Event<String>> other =
                group.reader("other", Serializers.utf8()).events().test();
        List<Integer> acknowledged = new ArrayList<>();
        try (Peer peer = new Peer()) {
            peer.send(join("peer", 1_000));
            joined(peer);
            awaitShares(3);
            write(0, 200);
            readAll(200, peer, acknowledged, other);
            scale();
            write(200, 300);
            readAll(300, peer, acknowledged, other);
            awaitShares(4);
            write(300, 400);
            // What comes from here on it does not acknowledge.
            number(peer.json());
        }
        write(400, 500);
        await(() -> group.readers().blockingGet().equals(Set.of("other")));
        await(() -> union(acknowledged, other).size() == 500);
        assertThat(acknowledged).isNotEmpty().doesNotHaveDuplicates();
        assertThat(other.values().stream().map(event -> Integer.parseInt(event.value())))
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(acknowledged);
        other.cancel();
    }

    /** Both have something to read. */
    private void awaitShares(int segments) throws InterruptedException {
        await(() -> {
            SortedMap<String, Integer> shares =
                    group.distribution().blockingGet().segments();
            return shares.values().stream().mapToInt(Integer::intValue).sum() == segments
                    && shares.values().stream().allMatch(share -> share > 0)
                    && shares.size() == 2;
        });
    }

    /** Acknowledges all that comes, until so many have been read by the two of them. */
    private static void readAll(int count, Peer peer, List<Integer> acknowledged, TestSubscriber<Event<String>> other)
            throws InterruptedException {
        await(() -> {
            for (String next = peer.poll(); next != null; next = peer.poll()) {
                JsonObject event = new JsonObject(next);
                acknowledged.add(number(event));
                peer.send(acknowledge(event));
            }
            return union(acknowledged, other).size() == count;
        });
    }

    private static Set<Integer> union(List<Integer> acknowledged, TestSubscriber<Event<String>> other) {
        Set<Integer> all = new TreeSet<>(acknowledged);
        List.copyOf(other.values()).forEach(event -> all.add(Integer.parseInt(event.value())));
        return all;
    }

    private void scale() {
        Set<Long> ids = client.administration().currentSegments(stream).blockingGet().stream()
                .map(StreamSegment::id)
                .collect(Collectors.toSet());
        client.administration()
                .scale(
                        stream,
                        ids,
                        List.of(
                                new KeyRange(0, 0.3),
                                new KeyRange(0.3, 0.5),
                                new KeyRange(0.5, 0.7),
                                new KeyRange(0.7, 1)))
                .blockingAwait();
    }
}
