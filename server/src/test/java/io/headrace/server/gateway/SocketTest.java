/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static io.headrace.server.gateway.Peer.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Publish and subscribe over a WebSocket, with the WebSocket client of the JDK. */
final class SocketTest extends GatewayTest {

    private JsonObject publish(String id, String key, String text) {
        return message("publish", id)
                .put("stream", scope + "/a")
                .put("key", key)
                .put("text", text);
    }

    private JsonObject subscribe(String id, String from, int permits) {
        return message("subscribe", id)
                .put("stream", scope + "/a")
                .put("from", from)
                .put("permits", permits);
    }

    private static List<String> texts(Peer peer, int count) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonObject event = peer.json();
            assertThat(event.getString("op")).as(event.encode()).isEqualTo("event");
            texts.add(event.getString("text"));
        }
        return texts;
    }

    @Test
    void aSubscriberGetsWhatItHasPermitsForAndNoMore() throws Exception {
        createStream("a", 1);
        try (Peer publisher = new Peer();
                Peer subscriber = new Peer()) {
            subscriber.send(subscribe("s", "earliest", 2));
            assertThat(subscriber.json()).isEqualTo(message("subscribed", "s"));
            for (int i = 0; i < 10; i++) {
                publisher.send(publish("p" + i, "k", "event-" + i));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(publisher.json()).isEqualTo(message("published", "p" + i));
            }
            assertThat(texts(subscriber, 2)).containsExactly("event-0", "event-1");
            subscriber.send(message("permit", "s").put("permits", 3));
            assertThat(texts(subscriber, 3)).containsExactly("event-2", "event-3", "event-4");
            // An answer that came behind events would show them.
            subscriber.send(message("unsubscribe", "s"));
            assertThat(subscriber.json()).isEqualTo(message("ended", "s"));
        }
    }

    @Test
    void positionsGoOnWhereTheyWereTaken() throws Exception {
        createStream("a", 4);
        int count = 1_000;
        try (Peer peer = new Peer()) {
            for (int i = 0; i < count; i++) {
                peer.send(publish("", "key-" + i % 7, Integer.toString(i)));
            }
            for (int i = 0; i < count; i++) {
                assertThat(peer.json().getString("op")).isEqualTo("published");
            }
            List<Integer> all = new ArrayList<>();
            String from = "earliest";
            while (all.size() < count) {
                String id = "from-" + all.size();
                peer.send(subscribe(id, from, 125));
                assertThat(peer.json()).isEqualTo(message("subscribed", id));
                for (int i = 0; i < 125; i++) {
                    JsonObject event = peer.json();
                    all.add(Integer.parseInt(event.getString("text")));
                    from = event.getString("position");
                }
                peer.send(message("unsubscribe", id));
                assertThat(peer.json()).isEqualTo(message("ended", id));
            }
            for (int key = 0; key < 7; key++) {
                int residue = key;
                assertThat(all.stream().filter(i -> i % 7 == residue).toList()).isSorted();
            }
            assertThat(all).doesNotHaveDuplicates().hasSize(count);
        }
    }

    @Test
    void aSealedStreamEnds() throws Exception {
        createStream("a", 1);
        try (Peer peer = new Peer()) {
            peer.send(publish("p", "k", "last"));
            assertThat(peer.json()).isEqualTo(message("published", "p"));
            seal("a");
            peer.send(subscribe("s", "earliest", 10));
            assertThat(peer.json()).isEqualTo(message("subscribed", "s"));
            assertThat(texts(peer, 1)).containsExactly("last");
            assertThat(peer.json()).isEqualTo(message("ended", "s"));
            peer.send(publish("p", "k", "later"));
            assertThat(peer.json().getInteger("status")).isEqualTo(409);
        }
    }

    @Test
    void mistakesAreToldAndCostNothingElse() throws Exception {
        createStream("a", 1);
        try (Peer peer = new Peer()) {
            mistake(peer, "not JSON", 400, null);
            mistake(peer, "[]", 400, null);
            mistake(peer, "{}", 400, "op");
            mistake(peer, message("dance", "x").encode(), 400, "op");
            mistake(peer, new JsonObject().put("op", 7).encode(), 400, "op");
            mistake(peer, publish("x", "k", "t").put("keey", "k").encode(), 400, "keey");
            mistake(peer, publish("x", "k", "t").put("stream", "nowhere").encode(), 400, "stream");
            mistake(peer, publish("x", "k", "t").put("stream", scope + "/none").encode(), 404, null);
            mistake(peer, publish("x", "k", "t").put("base64", "AA==").encode(), 400, "text");
            mistake(peer, message("publish", "x").put("stream", scope + "/a").encode(), 400, "text");
            mistake(peer, subscribe("x".repeat(65), "latest", 1).encode(), 400, "id");
            mistake(peer, subscribe("x", "yesterday", 1).encode(), 400, "from");
            mistake(peer, subscribe("x", "latest", -1).encode(), 400, "permits");
            mistake(peer, subscribe("x", "latest", 1).put("permits", 1e300).encode(), 400, "permits");
            mistake(peer, message("permit", "x").put("permits", 1).encode(), 400, "id");
            mistake(peer, message("unsubscribe", "x").encode(), 400, "id");
            peer.send(subscribe("s", "latest", 0));
            assertThat(peer.json()).isEqualTo(message("subscribed", "s"));
            mistake(peer, subscribe("s", "latest", 0).encode(), 400, "id");
            peer.send(publish("p", "k", "still here"));
            assertThat(peer.json()).isEqualTo(message("published", "p"));
        }
    }

    private static void mistake(Peer peer, String text, int status, @Nullable String field)
            throws InterruptedException {
        JsonObject error = peer.send(text).json();
        assertThat(error.getString("op")).as(text).isEqualTo("error");
        assertThat(error.getInteger("status")).as(text + error).isEqualTo(status);
        assertThat(error.getString("field")).as(text + error).isEqualTo(field);
        assertThat(error.getString("detail")).as(text).isNotEmpty();
    }

    /** Browsers and the JDK make several frames of a large message, others one. */
    @Test
    void aMessageMayBeOneFrame() throws Exception {
        createStream("a", 1);
        Vertx vertx = Vertx.vertx();
        try {
            LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
            WebSocketClientOptions options = new WebSocketClientOptions().setMaxFrameSize(2 << 20);
            WebSocket socket = vertx.createWebSocketClient(options)
                    .connect(
                            Peer.uri().getPort(),
                            Peer.uri().getHost(),
                            Peer.uri().getPath())
                    .onSuccess(opened -> opened.textMessageHandler(received::add)
                            .closeHandler(nothing -> received.add("closed " + opened.closeStatusCode())))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            var unused = socket.writeTextMessage(
                    publish("p", "k", "x".repeat(1_000_000)).encode());
            assertThat(received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(message("published", "p").encode());
            unused = socket.writeTextMessage("x".repeat((1 << 20) + 1));
            assertThat(received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("closed 1009");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsNoMessageEndsTheConnection() throws Exception {
        try (Peer peer = new Peer()) {
            peer.socket.sendBinary(ByteBuffer.allocate(10), true).join();
            assertThat(peer.next()).isEqualTo("closed 1003");
        }
        try (Peer peer = new Peer()) {
            peer.send("x".repeat((1 << 20) + 1));
            assertThat(peer.next()).isEqualTo("closed 1009");
        }
    }

    @Test
    void pagesOfOthersAreRefused() {
        assertThatThrownBy(() -> HTTP.newWebSocketBuilder()
                        .header("Origin", "http://evil.example")
                        .buildAsync(Peer.uri(), new java.net.http.WebSocket.Listener() {})
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, refused -> assertThat(
                                refused.getResponse().statusCode())
                        .isEqualTo(403));
    }

    /** Many permits do not help a peer that does not read. */
    @Test
    void aSlowPeerHoldsNothingBack() throws Exception {
        createStream("a", 1);
        long before = bytesRead();
        try (Peer slow = new Peer(false, Peer.JSON);
                HeadraceClient client = HeadraceClient.connect(server.controller())) {
            slow.send(subscribe("s", "earliest", Integer.MAX_VALUE));
            client.writer(new StreamName(scope, "a"), Serializers.bytes())
                    .writeAll(Flowable.range(0, 30_000).map(i -> new byte[1_000]))
                    .blockingAwait();
            long acknowledgementsAndBuffers = 20L << 20;
            assertThat(bytesRead() - before).isLessThan(acknowledgementsAndBuffers);
        }
    }
}
