/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.Main;
import io.headrace.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleTest {
    private static final String SECRET = "hunter2";
    private static final String EVENT = "what somebody has written";

    @TempDir
    static Path temporary;

    static TestServer server;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void startServer() {
        server = TestServer.in(temporary.resolve("data"));
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    private int run(Map<String, String> environment, Object... options) {
        List<String> words = new ArrayList<>(List.of("debug", "bundle"));
        Arrays.stream(options).map(Object::toString).forEach(words::add);
        return new Main(
                        InputStream.nullInputStream(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment)
                .run(words.toArray(String[]::new));
    }

    private static Map<String, String> unpack(Path file) throws Exception {
        Map<String, String> texts = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                texts.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private static void write() {
        try (HeadraceClient client = HeadraceClient.connect(server.controller())) {
            StreamName stream = new StreamName("shop", "orders");
            client.administration().createScope("shop").ignoreElement().blockingAwait();
            client.administration()
                    .createStream(stream, StreamConfiguration.fixed(1))
                    .ignoreElement()
                    .blockingAwait();
            client.writer(stream, Serializers.utf8())
                    .write("k", EVENT)
                    .ignoreElement()
                    .blockingAwait();
        }
    }

    @Test
    void allThatIsKnownButSecretsAndData() throws Exception {
        write();
        Path file = temporary.resolve("bundle.zip");
        Path log = Files.writeString(
                temporary.resolve("server.log"), "INFO ready\nWARN refused password=" + SECRET + "\n");
        int exitCode = run(
                Map.of("HEADRACE_STORE_TOKEN", SECRET, "HEADRACE_WEIGHT", "3", "OTHER", "x"),
                "--file",
                file,
                "--http",
                server.http().getAuthority(),
                "--controller",
                server.controller().getAuthority(),
                "--data",
                temporary.resolve("data"),
                "--tier2",
                "s3://me:" + SECRET + "@bucket/prefix",
                "--log",
                log);
        assertThat(exitCode).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("wrote " + file)
                .doesNotContain("without");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Map<String, String> texts = unpack(file);
        assertThat(texts)
                .containsOnlyKeys(
                        "README.txt",
                        "settings.properties",
                        "environment.txt",
                        "health.json",
                        "metrics.txt",
                        "process.json",
                        "threads.txt",
                        "heap.txt",
                        "here.json",
                        "doctor.txt",
                        "data-directory.txt",
                        "server.log");
        texts.keySet().stream()
                .filter(name -> !name.equals("README.txt"))
                .forEach(name -> assertThat(texts.get("README.txt")).contains(name));
        assertThat(texts.values()).noneMatch(text -> text.contains(SECRET) || text.contains(EVENT));
        assertThat(texts.get("settings.properties"))
                .contains("tier2=s3://***@bucket/prefix\n", "weight=3\n", "#store-port=");
        assertThat(texts.get("environment.txt")).isEqualTo("HEADRACE_STORE_TOKEN=***\nHEADRACE_WEIGHT=3\n");
        assertThat(json(texts, "health.json").getString("status")).isEqualTo("ready");
        assertThat(json(texts, "process.json").getLong("pid"))
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(texts.get("metrics.txt")).contains("headrace_node_ready");
        assertThat(texts.get("threads.txt")).contains("vert.x-eventloop-thread-0", "at java.");
        assertThat(texts.get("heap.txt")).contains("java.lang.String", "Total ");
        assertThat(texts.get("doctor.txt")).contains(" problems, ");
        assertThat(texts.get("data-directory.txt")).contains("files, ", "lock\n");
        assertThat(texts.get("server.log")).isEqualTo("INFO ready\nWARN refused password=***\n");
    }

    private static JsonObject json(Map<String, String> texts, String name) {
        return new JsonObject(Objects.requireNonNull(texts.get(name)));
    }

    @Test
    void whatIsNotThereIsTold() throws Exception {
        Path file = temporary.resolve("without.zip");
        Object[] options = {
            "--file", file, "--http", "127.0.0.1:1", "--controller", "127.0.0.1:1", "--data", temporary.resolve("none")
        };
        assertThat(run(Map.of(), options)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("without health.json: nothing comes from http://127.0.0.1:1/health (")
                .contains("without data-directory.txt: there is no " + temporary.resolve("none"))
                .contains("without server.log: ");
        assertThat(unpack(file)).containsKeys("doctor.txt", "here.json", "threads.txt.missing", "server.log.missing");
        // A file that is there is not touched.
        assertThat(run(Map.of(), options)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("there is a file " + file + " already");
    }

    @Test
    void noPageInABrowserIsTold() throws Exception {
        for (String[] header : List.of(
                new String[] {"Origin", "http://" + server.http().getAuthority()},
                new String[] {"Sec-Fetch-Site", "cross-site"})) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.http() + "/debug/threads"))
                    .headers(header)
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(403);
        }
    }
}
