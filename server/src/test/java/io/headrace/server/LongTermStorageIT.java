/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data that moves from the log to files, while the server is killed, and while the files are away. */
@Timeout(600)
final class LongTermStorageIT {
    private static final int WRITERS = 3;
    private static final String LAG_MIB = "64";
    private static final int KILLS = 5;
    private static final int MORE_EVENTS = 100;

    @TempDir
    Path temporary;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<PersistentWriter> writers = new ArrayList<>();
    private ServerProcess server;
    private volatile Addresses addresses;

    @BeforeEach
    void start() throws Exception {
        restart();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new PersistentWriter(() -> addresses.store(), i));
        }
    }

    @AfterEach
    void end() throws Exception {
        writers.forEach(PersistentWriter::stop);
        if (server != null) {
            server.close();
        }
    }

    private void restart() throws Exception {
        server = ServerProcess.standalone(
                temporary, temporary.resolve("data"), "--tier2-delay", "20ms", "--tier2-lag-mib", LAG_MIB);
        addresses = server.awaitReady();
    }

    @Test
    void killsAtAnyMomentLoseNothing() throws Exception {
        Random random = new Random();
        for (int i = 0; i < KILLS; i++) {
            awaitMore();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
            server.kill();
            restart();
        }
        awaitMore();
        writers.forEach(PersistentWriter::stop);
        eventually(() -> report().getLong("waitingBytes") == 0);
        long bytes = chunkBytes(temporary.resolve("data/tier2"));
        long events = 0;
        try (StoreClient reader = new StoreClient(addresses.store())) {
            for (PersistentWriter writer : writers) {
                writer.assertStored(reader);
                events += writer.acknowledged();
            }
        }
        assertThat(bytes).isGreaterThanOrEqualTo(events * PersistentWriter.EVENT_BYTES);
    }

    @Test
    void anotherDirectoryIsRefused() throws Exception {
        awaitMore();
        eventually(() -> report().getInteger("chunks") > 0);
        server.kill();
        Path other = Files.createDirectory(temporary.resolve("other"));
        try (ServerProcess wrong = ServerProcess.standalone(
                temporary, temporary.resolve("data"), "--tier2", other.toUri().toString())) {
            assertThat(wrong.awaitEnd()).as(wrong.toString()).isEqualTo(1);
            assertThat(wrong.errorLines())
                    .last()
                    .asString()
                    .startsWith("headrace: ")
                    .contains("--tier2", "is not the one that the data is in", "mount the right directory");
        }
        restart();
        awaitMore();
    }

    @Test
    void writersWaitWhileTheFilesAreAwayAndEverythingDrainsAfterwards() throws Exception {
        awaitMore();
        eventually(() -> report().getInteger("chunks") > 0);
        Path directory = temporary.resolve("data/tier2");
        Path away = temporary.resolve("away");
        Files.move(directory, away);
        eventually(() -> report().getBoolean("writersWait"));
        assertThat(report().getString("state")).isEqualTo("failing");
        assertThat(report().getString("problem")).isNotEmpty();
        Files.move(away, directory);
        eventually(() -> !report().getBoolean("writersWait"));
        awaitMore();
        writers.forEach(PersistentWriter::stop);
        eventually(() -> report().getLong("waitingBytes") == 0);
        try (StoreClient reader = new StoreClient(addresses.store())) {
            for (PersistentWriter writer : writers) {
                writer.assertStored(reader);
            }
        }
    }

    private static long chunkBytes(Path directory) throws Exception {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private void awaitMore() throws Exception {
        for (PersistentWriter writer : writers) {
            long before = writer.acknowledged();
            eventually(() -> writer.acknowledged() > before + MORE_EVENTS);
        }
    }

    private JsonObject report() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + addresses.http() + "/health"))
                .timeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> health = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new JsonObject(health.body()).getJsonObject("longTermStorage");
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(server.toString()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
