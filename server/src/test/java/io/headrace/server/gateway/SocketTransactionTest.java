/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static io.headrace.server.gateway.Peer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Transactions over a WebSocket. */
final class SocketTransactionTest extends GatewayTest {

    private String begin(Peer peer, int lease) throws Exception {
        JsonObject begun = peer.send(
                        message("begin", "b").put("stream", scope + "/a").put("lease", lease))
                .json();
        assertThat(begun.getString("op")).as(begun.encode()).isEqualTo("begun");
        return begun.getString("transaction");
    }

    private static JsonObject publish(String transaction, int number) {
        return message("publish", "p" + number)
                .put("transaction", transaction)
                .put("key", "key-" + number % 3)
                .put("text", Integer.toString(number));
    }

    private static JsonObject about(String op, String transaction) {
        return message(op, "t").put("transaction", transaction);
    }

    private JsonObject asked(String op, String transaction) {
        return about(op, transaction).put("stream", scope + "/a");
    }

    private List<Integer> stored() throws Exception {
        return get(events("a")).getJsonArray("events").stream()
                .map(event -> Integer.parseInt(((JsonObject) event).getString("text")))
                .sorted()
                .toList();
    }

    /** It is certain that the events will be seen before they are. */
    private void awaitStored(int count) throws Exception {
        await(() -> {
            try {
                return stored().size() == count;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private String status(Peer peer, String transaction) {
        try {
            JsonObject status = peer.send(asked("status", transaction)).json();
            assertThat(status.getString("op")).as(status.encode()).isEqualTo("status");
            return status.getString("status");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void allOfItIsSeenOrNothing() throws Exception {
        createStream("a", 2);
        try (Peer peer = new Peer()) {
            String committed = begin(peer, 30);
            String aborted = begin(peer, 30);
            for (int i = 0; i < 20; i++) {
                peer.send(publish(i % 2 == 0 ? committed : aborted, i));
            }
            // Behind all that was published, acknowledged or not.
            peer.send(about("commit", committed));
            List<JsonObject> expected = new ArrayList<>(List.of(about("committed", committed)));
            List<JsonObject> answers = new ArrayList<>(List.of(peer.json()));
            for (int i = 0; i < 20; i++) {
                expected.add(message("published", "p" + i));
                answers.add(peer.json());
            }
            assertThat(answers).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(peer.send(about("abort", aborted)).json()).isEqualTo(about("aborted", aborted));
            awaitStored(10);
            assertThat(stored())
                    .isEqualTo(IntStream.range(0, 10).map(i -> 2 * i).boxed().toList());
            assertThat(status(peer, committed)).isIn("COMMITTING", "COMMITTED");
            assertThat(status(peer, aborted)).isIn("ABORTING", "ABORTED");
            for (JsonObject late :
                    List.of(publish(committed, 1), about("commit", committed), about("abort", aborted))) {
                JsonObject refused = peer.send(late).json();
                assertThat(refused.getInteger("status")).as(refused.encode()).isEqualTo(400);
                assertThat(refused.getString("field")).isEqualTo("transaction");
            }
            assertThat(peer.send(asked("status", new UUID(0, 7).toString()))
                            .json()
                            .getInteger("status"))
                    .isEqualTo(404);
            for (JsonObject wrong : List.of(
                    message("begin", "b").put("stream", scope + "/a").put("lease", 9),
                    publish("no id", 1),
                    publish(committed, 1).put("stream", scope + "/a"),
                    about("commit", "00000000-0000-0000-0000-00000000000A"))) {
                assertThat(peer.send(wrong).json().getInteger("status"))
                        .as(wrong.encode())
                        .isEqualTo(400);
            }
        }
    }

    /** Another connection can go on with it within the lease. Nobody does with the second one, which ends by itself. */
    @Test
    void theLeaseOutlivesTheConnectionAndNothingElse() throws Exception {
        createStream("a", 2);
        String resumed;
        String left;
        try (Peer lost = new Peer()) {
            resumed = begin(lost, 60);
            left = begin(lost, 10);
            lost.send(publish(resumed, 0)).send(publish(left, 1));
            assertThat(lost.json()).isEqualTo(message("published", "p0"));
            assertThat(lost.json()).isEqualTo(message("published", "p1"));
        }
        try (Peer peer = new Peer()) {
            assertThat(peer.send(asked("resume", resumed)).json()).isEqualTo(about("resumed", resumed));
            assertThat(peer.send(publish(resumed, 2)).json()).isEqualTo(message("published", "p2"));
            assertThat(peer.send(about("commit", resumed)).json()).isEqualTo(about("committed", resumed));
            awaitStored(2);
            await(() -> status(peer, left).equals("ABORTED"));
            assertThat(stored()).containsExactly(0, 2);
        }
    }
}
