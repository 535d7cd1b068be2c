/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static io.headrace.server.gateway.Peer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events that producers have numbered are stored once, whatever becomes of connections, segments and the server. */
final class ProducerTest extends GatewayTest {
    private static final int KEYS = 5;

    private JsonObject publish(String producer, int sequence) {
        return message("publish", "p" + sequence)
                .put("stream", scope + "/a")
                .put("key", "key-" + sequence % KEYS)
                .put("text", producer + "/" + sequence)
                .put("producer", producer)
                .put("sequence", sequence);
    }

    private JsonObject ask(String producer) {
        return message("producer", "o").put("stream", scope + "/a").put("producer", producer);
    }

    private static int last(JsonObject answer) {
        assertThat(answer.getString("op")).as(answer.encode()).isEqualTo("producer");
        return answer.getInteger("last");
    }

    private static JsonObject published(int sequence) {
        return message("published", "p" + sequence).put("sequence", sequence);
    }

    private static JsonObject duplicate(int sequence) {
        return published(sequence).put("duplicate", true);
    }

    /** Numbers of the events of a producer that are stored, in the order of each key. */
    private List<Integer> stored(String producer) throws Exception {
        List<String> texts = get(events("a") + "?limit=1000").getJsonArray("events").stream()
                .map(event -> ((JsonObject) event).getString("text"))
                .filter(text -> text.startsWith(producer + "/"))
                .toList();
        List<Integer> numbers = texts.stream()
                .map(text -> Integer.parseInt(text.substring(producer.length() + 1)))
                .toList();
        for (int key = 0; key < KEYS; key++) {
            int residue = key;
            assertThat(numbers.stream().filter(number -> number % KEYS == residue))
                    .isSorted();
        }
        return numbers.stream().sorted().toList();
    }

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void repeatsAreAcknowledgedAndGapsAreTold() throws Exception {
        createStream("a", 3);
        try (Peer peer = new Peer()) {
            assertThat(last(peer.send(ask("p-1")).json())).isZero();
            assertThat(peer.send(publish("p-1", 1)).json()).isEqualTo(published(1));
            assertThat(peer.send(publish("p-1", 2)).json()).isEqualTo(published(2));
            assertThat(peer.send(publish("p-1", 1)).json()).isEqualTo(duplicate(1));
            JsonObject gap = peer.send(publish("p-1", 4)).json();
            assertThat(gap.getString("op")).isEqualTo("error");
            assertThat(gap.getInteger("status")).isEqualTo(409);
            assertThat(gap.getString("field")).isEqualTo("sequence");
            assertThat(gap.getInteger("last")).isEqualTo(2);
            assertThat(gap.getString("detail")).contains("must be 3").contains("not 4");
            assertThat(peer.send(publish("p-1", 3)).json()).isEqualTo(published(3));
            assertThat(last(peer.send(ask("p-1")).json())).isEqualTo(3);
            for (JsonObject wrong : List.of(
                    publish("p-1", 4).put("sequence", 0),
                    publish("p-1", 4).put("sequence", 1L << 53),
                    publish("p-1", 4).put("sequence", "4"),
                    publish("no name", 1),
                    ask("").put("id", "p4"))) {
                assertThat(peer.send(wrong).json().getInteger("status"))
                        .as(wrong.encode())
                        .isEqualTo(400);
            }
            JsonObject half = publish("p-1", 4);
            half.remove("producer");
            assertThat(peer.send(half).json().getInteger("status")).isEqualTo(400);
        }
        assertThat(stored("p-1")).isEqualTo(upTo(3));
    }

    @Test
    void whatWasSentBeforeTheConnectionWasLostIsStoredOnce() throws Exception {
        createStream("a", 3);
        Random random = new Random(5);
        int acknowledged = 0;
        while (acknowledged < 300) {
            try (Peer peer = new Peer()) {
                int last = last(peer.send(ask("p-1")).json());
                assertThat(last).isGreaterThanOrEqualTo(acknowledged);
                // As a peer does that goes by what was acknowledged.
                for (int sequence = acknowledged + 1; sequence <= Math.min(300, acknowledged + 60); sequence++) {
                    peer.send(publish("p-1", sequence));
                }
                for (int answers = random.nextInt(60); answers > 0 && acknowledged < 300; answers--) {
                    JsonObject answer = peer.json();
                    assertThat(answer.getString("op")).as(answer.encode()).isEqualTo("published");
                    acknowledged++;
                    assertThat(answer.getInteger("sequence")).isEqualTo(acknowledged);
                }
            }
        }
        assertThat(stored("p-1")).isEqualTo(upTo(300));
    }

    @Test
    void aRestartOfTheServerChangesNothing() throws Exception {
        createStream("a", 2);
        try (Peer peer = new Peer()) {
            for (int sequence = 1; sequence <= 100; sequence++) {
                peer.send(publish("p-1", sequence));
            }
            for (int sequence = 1; sequence <= 50; sequence++) {
                assertThat(peer.json()).isEqualTo(published(sequence));
            }
        }
        server.pause();
        server.resume();
        try (Peer peer = new Peer()) {
            int last = last(peer.send(ask("p-1")).json());
            assertThat(last).isBetween(50, 100);
            for (int sequence = 1; sequence <= 120; sequence++) {
                JsonObject answer = peer.send(publish("p-1", sequence)).json();
                assertThat(answer).isEqualTo(sequence <= last ? duplicate(sequence) : published(sequence));
            }
        }
        assertThat(stored("p-1")).isEqualTo(upTo(120));
    }

    @Test
    void segmentsAreReplacedInTheMiddle() throws Exception {
        createStream("a", 2);
        try (Peer peer = new Peer()) {
            for (int sequence = 1; sequence <= 200; sequence++) {
                peer.send(publish("p-1", sequence));
                if (sequence == 40 || sequence == 120) {
                    scale(sequence == 40 ? 5 : 1);
                }
            }
            for (int sequence = 1; sequence <= 200; sequence++) {
                assertThat(peer.json()).isEqualTo(published(sequence));
            }
        }
        try (Peer peer = new Peer()) {
            for (int sequence = 1; sequence <= 200; sequence++) {
                assertThat(peer.send(publish("p-1", sequence)).json()).isEqualTo(duplicate(sequence));
            }
        }
        assertThat(stored("p-1")).isEqualTo(upTo(200));
    }

    private void scale(int segments) throws Exception {
        JsonObject body = new JsonObject()
                .put(
                        "scalingPolicy",
                        new JsonObject().put("type", "FIXED_NUM_SEGMENTS").put("minSegments", segments));
        assertStatus(
                200,
                HTTP.send(
                        request("/v1/scopes/" + scope + "/streams/a")
                                .PUT(BodyPublishers.ofString(body.encode()))
                                .build(),
                        BodyHandlers.ofString()));
    }

    @Test
    void theLaterConnectionTakesOver() throws Exception {
        createStream("a", 3);
        try (Peer first = new Peer();
                Peer second = new Peer()) {
            for (int sequence = 1; sequence <= 40; sequence++) {
                first.send(publish("p-1", sequence));
            }
            int last = last(second.send(ask("p-1")).json());
            // What came before is acknowledged, and what comes now is refused.
            for (int sequence = 1; sequence <= last; sequence++) {
                assertThat(first.json()).isEqualTo(published(sequence));
            }
            for (int sequence = last + 1; sequence <= 40; sequence++) {
                JsonObject refused = first.json();
                assertThat(refused.getInteger("status")).as(refused.encode()).isEqualTo(409);
            }
            JsonObject refused = first.send(publish("p-1", last + 1)).json();
            assertThat(refused.getInteger("status")).isEqualTo(409);
            assertThat(refused.getString("detail")).contains("taken over");
            assertThat(first.send(ask("p-1")).json().getInteger("status")).isEqualTo(409);
            assertThat(second.send(publish("p-1", last)).json()).isEqualTo(duplicate(last));
            assertThat(second.send(publish("p-1", last + 1)).json()).isEqualTo(published(last + 1));
            assertThat(stored("p-1")).isEqualTo(upTo(last + 1));
        }
    }

    @Test
    void manyProducersAndRepeatsAtTheSameTime() throws Exception {
        createStream("a", 4);
        try (Peer first = new Peer();
                Peer second = new Peer()) {
            for (int sequence = 1; sequence <= 100; sequence++) {
                // Repeats while the first is still on its way, too.
                for (int times = 0; times < 2; times++) {
                    first.send(publish("p-1", sequence)).send(publish("p-2", sequence));
                    second.send(publish("p-3", sequence)).send(publish("p-4", sequence));
                }
            }
            for (Peer peer : List.of(first, second)) {
                int duplicates = 0;
                for (int i = 0; i < 400; i++) {
                    JsonObject answer = peer.json();
                    assertThat(answer.getString("op")).as(answer.encode()).isEqualTo("published");
                    duplicates += answer.getBoolean("duplicate", false) ? 1 : 0;
                }
                assertThat(duplicates).isEqualTo(200);
            }
        }
        for (String producer : List.of("p-1", "p-2", "p-3", "p-4")) {
            assertThat(stored(producer)).isEqualTo(upTo(100));
        }
    }
}
