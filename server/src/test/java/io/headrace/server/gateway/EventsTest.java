/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Events in requests and answers, and as a stream of events. */
final class EventsTest extends GatewayTest {

    private List<String> texts(JsonObject page) {
        return page.getJsonArray("events").stream()
                .map(event -> ((JsonObject) event).getString("text"))
                .toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void whatIsPublishedIsReadAsItWas() throws Exception {
        createStream("a", 1);
        byte[] binary = {(byte) 0xff, 0, (byte) 0xfe};
        assertStatus(201, post(events("a") + "?routingKey=k", "text \u00e4\n"));
        assertStatus(201, post(events("a") + "?routingKey=k", BodyPublishers.ofByteArray(binary)));
        assertStatus(201, post(events("a") + "?routingKey=k", ""));
        List<JsonObject> events = get(events("a")).getJsonArray("events").stream()
                .map(JsonObject.class::cast)
                .toList();
        assertThat(events).hasSize(3);
        assertThat(events.get(0).getString("text")).isEqualTo("text \u00e4\n");
        assertThat(Base64.getDecoder().decode(events.get(1).getString("base64")))
                .isEqualTo(binary);
        assertThat(events.get(2).getString("text")).isEmpty();
        try (HeadraceClient client = HeadraceClient.connect(server.controller())) {
            List<byte[]> values = client.reader(new StreamName(scope, "a"), Serializers.bytes())
                    .events()
                    .map(event -> event.value())
                    .take(3)
                    .toList()
                    .blockingGet();
            assertThat(values.get(1)).isEqualTo(binary);
        }
    }

    @Test
    void linesAreEventsAndPagesFollowEachOther() throws Exception {
        createStream("a", 1);
        StringBuilder lines = new StringBuilder();
        numbers(0, 250)
                .forEach(number -> lines.append("{\"n\": ").append(number).append("}\n"));
        HttpResponse<String> stored = post(
                events("a") + "?routingKeyField=n",
                BodyPublishers.ofString(lines.toString()),
                "Content-Type",
                "application/x-ndjson");
        assertStatus(201, stored);
        assertThat(new JsonObject(stored.body()).getInteger("events")).isEqualTo(250);
        assertThat(pages("a")).isEqualTo(lines.toString().lines().toList());
        seal("a");
        assertThat(pages("a")).isEqualTo(lines.toString().lines().toList());
    }

    private List<String> pages(String stream) throws Exception {
        List<String> all = new ArrayList<>();
        String from = "earliest";
        for (List<String> some = List.of(""); !some.isEmpty(); all.addAll(some)) {
            JsonObject page = get(events(stream) + "?limit=99&from=" + from);
            some = texts(page);
            assertThat(some).hasSizeLessThan(100);
            from = page.getString("next").replace("+", "%2B");
        }
        return all;
    }

    @Test
    void whatComesAfterLatestFollows() throws Exception {
        createStream("a", 2);
        assertStatus(201, post(events("a"), "before"));
        String next = get(events("a") + "?from=latest").getString("next").replace("+", "%2B");
        assertThat(texts(get(events("a") + "?from=" + next))).isEmpty();
        assertStatus(201, post(events("a"), "after"));
        assertThat(texts(get(events("a") + "?from=" + next))).containsExactly("after");
    }

    @Test
    void aStreamOfEventsGoesOnWhereItEnded() throws Exception {
        createStream("a", 2);
        for (String number : numbers(0, 20)) {
            assertStatus(201, post(events("a") + "?routingKey=k", number));
        }
        List<String> first = stream("?from=earliest", "", 7);
        assertThat(data(first)).isEqualTo(numbers(0, 7));
        String id = first.stream().filter(line -> line.startsWith("id: ")).reduce("", (one, other) -> other);
        assertThat(data(stream("", id.substring("id: ".length()), 13))).isEqualTo(numbers(7, 20));
    }

    private static List<String> data(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    /** The lines with the first events, as a browser would get them. */
    private List<String> stream(String query, String lastId, int events) throws Exception {
        var request = request(events("a") + query).header("Accept", "text/event-stream");
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<Stream<String>> response = HTTP.send(request.build(), BodyHandlers.ofLines());
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        List<String> lines = new ArrayList<>();
        try (Stream<String> body = response.body()) {
            var all = body.iterator();
            for (int left = events; left > 0; ) {
                String line = all.next();
                lines.add(line);
                left -= line.startsWith("data: ") ? 1 : 0;
            }
        }
        return lines;
    }

    @Test
    void aSealedStreamEnds() throws Exception {
        createStream("a", 1);
        assertStatus(201, post(events("a"), "two\nlines"));
        assertStatus(201, post(events("a"), "with a\rreturn"));
        seal("a");
        HttpResponse<String> all = HTTP.send(
                request(events("a") + "?from=earliest")
                        .header("Accept", "text/event-stream")
                        .build(),
                BodyHandlers.ofString());
        assertThat(all.body())
                .contains("data: two\ndata: lines\n\n")
                .contains("event: base64\ndata: d2l0aCBhDXJldHVybg==\n\n")
                .endsWith("event: ended\ndata: {}\n\n");
    }

    /** Who does not read gets no more than fits between here and there. */
    @Test
    void aSlowPeerHoldsNothingBack() throws Exception {
        createStream("a", 1);
        long before = bytesRead();
        try (Socket slow = new Socket(server.http().getHost(), server.http().getPort());
                HeadraceClient client = HeadraceClient.connect(server.controller())) {
            slow.getOutputStream()
                    .write(("GET " + events("a")
                                    + "?from=earliest HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(slow.getInputStream().read()).isEqualTo('H');
            client.writer(new StreamName(scope, "a"), Serializers.bytes())
                    .writeAll(Flowable.range(0, 30_000).map(i -> new byte[1_000]))
                    .blockingAwait();
            long acknowledgementsAndBuffers = 20L << 20;
            assertThat(bytesRead() - before).isLessThan(acknowledgementsAndBuffers);
            // And it gets everything if it reads after all.
            InputStream in = slow.getInputStream();
            byte[] some = new byte[1 << 16];
            for (long left = 30_000_000; left > 0; ) {
                left -= in.read(some);
            }
        }
    }

    @Test
    void mistakesAreExplained() throws Exception {
        createStream("a", 1);
        String line = "application/x-ndjson";
        problem(404, "there is no stream " + scope + "/none", events("none"), "x");
        problem(400, "cannot be the name of a stream", events("_a%20b"), "x");
        problem(413, "at most 1048576 bytes", events("a"), "x".repeat((1 << 20) + 1));
        problem(
                400,
                "line 2 is no JSON object",
                events("a") + "?routingKeyField=k",
                "{\"k\": 1}\nx",
                "Content-Type",
                line);
        problem(400, "line 1 has no text or number", events("a") + "?routingKeyField=k", "{}", "Content-Type", line);
        problem(403, "pages of http://evil.example", events("a"), "x", "Origin", "http://evil.example");
        assertStatus(
                201,
                post(
                        events("a"),
                        BodyPublishers.ofString("x"),
                        "Origin",
                        server.http().toString()));
        HttpResponse<String> unknownLength =
                post(events("a"), BodyPublishers.fromPublisher(BodyPublishers.ofString("x")));
        assertStatus(411, unknownLength);
        for (String from : List.of("bogus", "position:AAAA", "position:!", "cut:x", "time:noon")) {
            HttpResponse<String> response =
                    HTTP.send(request(events("a") + "?from=" + from).build(), BodyHandlers.ofString());
            assertStatus(400, response);
        }
        assertStatus(
                404,
                HTTP.send(
                        request(events("none"))
                                .header("Accept", "text/event-stream")
                                .build(),
                        BodyHandlers.ofString()));
        assertThat(texts(get(events("a")))).containsExactly("x");
    }

    private static void problem(int status, String detail, String path, String body, String... headers)
            throws Exception {
        HttpResponse<String> response = post(path, BodyPublishers.ofString(body), headers);
        assertThat(response.statusCode())
                .as(path + Arrays.toString(headers) + response.body())
                .isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(new JsonObject(response.body()).getString("detail")).contains(detail);
    }
}
