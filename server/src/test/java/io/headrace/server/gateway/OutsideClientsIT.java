/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.Forwarder;
import io.headrace.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages in a real browser and a program of Node, with the WebSocket and the EventSource that these have. Where there is no
 * browser or no Node the test is left out.
 */
@Timeout(180)
final class OutsideClientsIT {
    private static final long PATIENCE_SECONDS = 90;
    private static final int COUNT = 20;
    private static final int KEYS = 4;
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\..*", Pattern.DOTALL);

    @TempDir
    Path temporary;

    private final String scope = "scope-" + UUID.randomUUID();
    private PageServer pages;
    private TestServer server;
    private HeadraceClient client;
    private Forwarder forwarder;

    @BeforeEach
    void startServer() throws Exception {
        pages = new PageServer();
        server = TestServer.with(temporary.resolve("data"), Map.of("http-origins", pages.origin()));
        client = HeadraceClient.connect(server.controller());
        client.administration().createScope(scope).ignoreElement().blockingAwait();
        for (String stream : List.of("plain", "numbered", "binary", "tail", "other", "foreign")) {
            client.administration()
                    .createStream(stream(stream), StreamConfiguration.fixed(2))
                    .ignoreElement()
                    .blockingAwait();
        }
        forwarder = Forwarder.to(server.http().getPort());
    }

    @AfterEach
    void endServer() throws Exception {
        forwarder.close();
        client.close();
        server.close();
        pages.close();
    }

    private StreamName stream(String name) {
        return new StreamName(scope, name);
    }

    private JsonObject config() {
        URI http = server.http();
        return new JsonObject()
                .put("socket", "ws://" + http.getAuthority() + "/v1/socket")
                .put("http", http.toString())
                .put("cuttable", "http://127.0.0.1:" + forwarder.port())
                .put("scope", scope);
    }

    @Test
    void aPageUsesTheServerIfItsOriginMay() throws Exception {
        Optional<Path> browser =
                OutsideProgram.find("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
        assumeTrue(browser.isPresent(), "neither Chromium nor Chrome is on the PATH");
        try (PageServer foreign = new PageServer()) {
            foreign.tell(config(), () -> {});
            pages.tell(config().put("foreign", foreign.origin()), forwarder::cut);
            List<String> command = List.of(
                    browser.get().toString(),
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--no-first-run",
                    "--user-data-dir=" + temporary.resolve("browser"),
                    pages.origin() + "/page.html");
            try (OutsideProgram program = OutsideProgram.start(temporary, command)) {
                JsonObject refused = await(program, foreign.result());
                assertThat(refused.getString("socket")).isEqualTo("refused");
                assertThat(refused.getString("tail")).isEqualTo("refused");
                assertThat(refused.getString("read")).isEqualTo("refused");
                assertThat(refused.getString("publish")).isEqualTo("opaque");
                check(await(program, pages.result()));
                assertThat(stored("foreign")).isEmpty();
            }
        }
    }

    @Test
    void aProgramOfNodeUsesTheServer() throws Exception {
        Optional<Path> node = OutsideProgram.find("node", "nodejs");
        assumeTrue(node.isPresent(), "node is not on the PATH");
        List<String> command = new ArrayList<>(List.of(node.get().toString()));
        int version = version(node.get());
        assumeTrue(version >= 2010, "node has no WebSocket: 20.10 or newer is needed");
        if (version < 2200) {
            command.add("--experimental-websocket");
        }
        command.add(resource("program.mjs").toString());
        command.add(pages.origin());
        pages.tell(config(), forwarder::cut);
        try (OutsideProgram program = OutsideProgram.start(temporary, command)) {
            check(await(program, pages.result()));
        }
    }

    /** Major and minor number, as in 2010 for 20.10. */
    private int version(Path node) throws Exception {
        try (OutsideProgram program = OutsideProgram.start(temporary, List.of(node.toString(), "--version"))) {
            Matcher matcher = VERSION.matcher(program.awaitOutput());
            return matcher.matches()
                    ? Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2))
                    : 0;
        }
    }

    private static Path resource(String name) throws Exception {
        return Path.of(
                Objects.requireNonNull(OutsideClientsIT.class.getResource(name)).toURI());
    }

    /** What a program has told; one that ends without telling has failed. */
    private static JsonObject await(OutsideProgram program, CompletableFuture<JsonObject> result) {
        try {
            CompletableFuture.anyOf(result, program.onExit()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            JsonObject told = result.getNow(new JsonObject());
            assertThat(told.getString("error")).isNull();
            assertThat(told).isNotEmpty();
            return told;
        } catch (Exception | AssertionError e) {
            throw new AssertionError("nothing good comes from the program, which has printed:\n" + program, e);
        }
    }

    private void check(JsonObject told) {
        JsonObject plain = told.getJsonObject("plain");
        assertThat(plain.getJsonArray("published")).hasSize(COUNT).contains("p0", "p" + (COUNT - 1));
        List<Integer> read = numbers(plain.getJsonArray("read"));
        assertEach(COUNT, read);
        // Behind a position is what had not come before it.
        assertThat(numbers(plain.getJsonArray("resumed"))).containsExactlyInAnyOrderElementsOf(read.subList(10, COUNT));
        JsonObject numbered = told.getJsonObject("numbered");
        int last = numbered.getInteger("last");
        assertThat(last).isBetween(7, COUNT);
        assertThat(numbered.getJsonArray("sequences"))
                .isEqualTo(new JsonArray(
                        IntStream.rangeClosed(1, 2 * COUNT).boxed().toList()));
        assertThat(numbered.getJsonArray("duplicates"))
                .isEqualTo(new JsonArray(IntStream.rangeClosed(1, last).boxed().toList()));
        assertEach(2 * COUNT, stored("numbered").stream().map(Integer::valueOf).toList());
        JsonObject binary = told.getJsonObject("binary");
        assertThat(binary.getJsonArray("published")).isEqualTo(JsonArray.of(1, 2, 3));
        assertThat(binary.getBoolean("isSame")).isTrue();
        assertThat(binary.getBoolean("isSameResumed")).isTrue();
        JsonObject tail = told.getJsonObject("tail");
        assertThat(numbers(tail.getJsonArray("texts")))
                .isEqualTo(IntStream.range(0, 10).boxed().toList());
        assertThat(tail.getInteger("connections")).isGreaterThanOrEqualTo(2);
    }

    private static List<Integer> numbers(JsonArray texts) {
        return texts.stream().map(text -> Integer.valueOf((String) text)).toList();
    }

    /** Each number once, and those of a key in their order. */
    private static void assertEach(int count, List<Integer> numbers) {
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, count).boxed().toList());
        for (int key = 0; key < KEYS; key++) {
            int residue = key;
            assertThat(numbers.stream().filter(number -> number % KEYS == residue))
                    .isSorted();
        }
    }

    /** All that is in a stream. */
    private List<String> stored(String name) {
        return client.administration()
                .tail(stream(name))
                .flatMap(tail -> client.reader(stream(name), Serializers.utf8())
                        .until(tail)
                        .events()
                        .map(event -> event.value())
                        .toList())
                .blockingGet();
    }
}
