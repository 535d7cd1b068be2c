/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.ScaleLimits;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.Scaling;
import io.headrace.engine.streams.StreamReply.SegmentScaling;
import io.headrace.engine.streams.Verdict;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScalingResourceTest {
    private static final ScalingPolicy BY_EVENTS =
            new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 10, 3, 1);
    private static final Load HOT = new Load(2, 60, 12.5, 10, 10, 700_000, 1_000_000, false);
    private static final Load NEW = new Load(2, 60, 60, 60, 60, 240_000, 1_000_000, false);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        ScalingResource resource = new ScalingResource(vertx, ScalingResourceTest::execute);
        server = vertx.createHttpServer()
                .requestHandler(request -> {
                    if (!resource.answer(request)) {
                        HttpAnswers.problem(request, 404, "not that one");
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** What a partition would answer, from a thread of its own. */
    private static void execute(StreamCommand command, ReplyTo<StreamReply> replyTo) {
        StreamName stream = ((StreamCommand.GetScaling) command).stream();
        Thread partition = new Thread(() -> {
            switch (stream.stream()) {
                case "a", "_a" -> replyTo.reply(scaling(stream));
                case "fixed" -> replyTo.reply(fixed(stream));
                case "lost" -> replyTo.lost("streams-0 is recovering");
                default ->
                    replyTo.reply(new StreamReply.Failed(StreamReply.Code.NOT_FOUND, "there is no stream " + stream));
            }
        });
        partition.start();
    }

    private static Scaling scaling(StreamName stream) {
        Decision split = new Decision.Split(0, 3, Reason.BURST);
        return new Scaling(
                stream,
                BY_EVENTS,
                ScaleLimits.DEFAULT,
                1,
                false,
                List.of(
                        new SegmentScaling(
                                new SegmentRange(0x100000001L, 0, 0.5),
                                Long.MAX_VALUE,
                                new Verdict(
                                        1_000_000, 1, 0x100000001L, 10, NEW, new Decision.None(Reason.COOLING_DOWN)),
                                new Decision.None(Reason.TOO_OLD)),
                        new SegmentScaling(new SegmentRange(2, 0.5, 1), 0, null, new Decision.None(Reason.NO_REPORT))),
                List.of(
                        new Verdict(1_000_000, 0, 0, 10, HOT, split),
                        new Verdict(1_000_001, 1, 2, 10, HOT, new Decision.Merge(List.of(1L, 2L), Reason.LOW)),
                        new Verdict(1_000_002, 2, 3, 10, HOT, new Decision.Cold(3, 2_000_000, Reason.LOW)),
                        new Verdict(1_000_003, 2, 3, 10, HOT, new Decision.Warm(3, Reason.BACK))));
    }

    private static Scaling fixed(StreamName stream) {
        return new Scaling(stream, ScalingPolicy.fixed(2), ScaleLimits.DEFAULT, 0, true, List.of(), List.of());
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    @Test
    void saysWhatWasDecidedAndWhatWouldBe() throws Exception {
        HttpResponse<String> response = get("/v1/scopes/s/streams/a/scaling");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonObject json = new JsonObject(response.body());
        assertThat(json.getString("scope")).isEqualTo("s");
        assertThat(json.getString("stream")).isEqualTo("a");
        assertThat(json.getJsonObject("policy")).isEqualTo(new JsonObject("""
                        {"type": "BY_RATE_IN_EVENTS_PER_SEC", "targetRate": 10, "unit": "events/s", "scaleFactor": 3,
                         "minSegments": 1}"""));
        JsonObject limits = json.getJsonObject("limits");
        assertThat(limits.getJsonObject("short").getDouble("splitAbove")).isEqualTo(50);
        assertThat(limits.getJsonObject("short").getDouble("windowSeconds")).isEqualTo(120);
        assertThat(limits.getJsonObject("longest").getDouble("coldBelow")).isEqualTo(5);
        assertThat(limits.getDouble("coolDownSeconds")).isEqualTo(600);
        JsonObject first = json.getJsonArray("segments").getJsonObject(0);
        assertThat(first.getString("segment")).isEqualTo("1.#epoch.1");
        assertThat(first.getString("coldUntil")).isEqualTo("there is load again");
        JsonObject latest = first.getJsonObject("latest");
        assertThat(latest.getString("reason")).isEqualTo("COOLING_DOWN");
        assertThat(latest.getString("at")).isEqualTo("1970-01-01T00:16:40Z");
        assertThat(latest.getDouble("coolDownLeftSeconds")).isEqualTo(360);
        assertThat(latest.getJsonObject("load").getDouble("short")).isEqualTo(60);
        assertThat(latest.getJsonObject("load").getDouble("measuredSeconds")).isEqualTo(240);
        assertThat(first.getJsonObject("now").getString("reason")).isEqualTo("TOO_OLD");
        JsonObject second = json.getJsonArray("segments").getJsonObject(1);
        assertThat(second.fieldNames()).containsExactly("segment", "low", "high", "now");
        assertThat(second.getJsonObject("now").getString("because")).isEqualTo(Reason.NO_REPORT.text());
        assertThat(json.getJsonArray("decisions")).hasSize(4);
        JsonObject split = json.getJsonArray("decisions").getJsonObject(0);
        assertThat(split.getString("decision")).isEqualTo("split");
        assertThat(split.getInteger("parts")).isEqualTo(3);
        assertThat(split.getInteger("targetRate")).isEqualTo(10);
        JsonObject merge = json.getJsonArray("decisions").getJsonObject(1);
        assertThat(merge.getJsonArray("segments")).containsExactly("1.#epoch.0", "2.#epoch.0");
        assertThat(json.getJsonArray("decisions").getJsonObject(2).getString("until"))
                .isEqualTo("1970-01-01T00:33:20Z");
        assertThat(json.getJsonArray("decisions").getJsonObject(3).getString("decision"))
                .isEqualTo("warm");
    }

    @Test
    void aFixedStreamHasNoLimits() throws Exception {
        JsonObject json =
                new JsonObject(get("/v1/scopes/s/streams/fixed/scaling").body());
        assertThat(json.fieldNames())
                .containsExactly("scope", "stream", "policy", "epoch", "busy", "segments", "decisions");
        assertThat(json.getJsonObject("policy").fieldNames()).containsExactly("type", "minSegments");
    }

    @Test
    void namesMayBeEscaped() throws Exception {
        assertThat(new JsonObject(get("/v1/scopes/s%2Ex/streams/%5Fa/scaling").body()).getString("scope"))
                .isEqualTo("s.x");
        assertThat(statusLine("/v1/scopes/s/streams/%5/scaling")).isEqualTo("HTTP/1.1 404 Not Found");
    }

    /** Of the answer to a request that no client library sends. */
    private String statusLine(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStreamReader answer = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
            return new BufferedReader(answer).readLine();
        }
    }

    @Test
    void problems() throws Exception {
        assertProblem(get("/v1/scopes/s/streams/none/scaling"), 404, "there is no stream s/none");
        assertProblem(get("/v1/scopes/s/streams/lost/scaling"), 503, "recovering");
        assertProblem(get("/v1/scopes/s/streams/a/b/scaling"), 404, "not that one");
        assertProblem(get("/v1/scopes/s/streams//scaling"), 404, "not that one");
        HttpResponse<String> post = send("POST", "/v1/scopes/s/streams/a/scaling");
        assertProblem(post, 405, "only be read");
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        assertProblem(send("DELETE", "/v1/scopes/s/streams/none/scaling"), 405, "only be read");
        HttpResponse<String> head = send("HEAD", "/v1/scopes/s/streams/a/scaling");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    private static void assertProblem(HttpResponse<String> response, int status, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonObject problem = new JsonObject(response.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("title")).isNotEmpty();
        assertThat(problem.getString("detail")).contains(detail);
    }
}
