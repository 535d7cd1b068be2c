/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data that moves from the log to files, while the server is killed, and while the files are away. */
@Timeout(600)
final class LongTermStorageIT {
    private static final int WRITERS = 3;
    private static final String LAG_MIB = "64";
    private static final int KILLS = 4;
    private static final int MORE_EVENTS = 40;

    /** So little that chunks are rolled over, and enough small ones are there to be joined, several times a second. */
    private static final long ROLLOVER_BYTES = 1 << 20;

    private static final int EVENT_BYTES = 64 << 10;
    private static final int PAUSE_MILLIS = 5;
    private static final int KEPT_EVENTS = 100;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path temporary;

    private static ServerProcess server;
    private static volatile Addresses addresses;
    private static int segments;

    private final List<PersistentWriter> writers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.standalone(
                temporary, temporary.resolve("data"), "--tier2-delay", "20ms", "--tier2-lag-mib", LAG_MIB);
        addresses = server.awaitReady();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void startWriters() {
        for (int i = 0; i < WRITERS; i++) {
            writers.add(writer());
        }
    }

    private static PersistentWriter writer() {
        return new PersistentWriter(() -> addresses.store(), segments++, ROLLOVER_BYTES, EVENT_BYTES, PAUSE_MILLIS);
    }

    @AfterEach
    void stopWriters() throws Exception {
        for (PersistentWriter writer : writers) {
            writer.stop();
            writer.join();
        }
    }

    /** While data is flushed, chunks are rolled over, joined and deleted, and whole segments, too. */
    @Test
    void killsAtAnyMomentLoseNothing() throws Exception {
        Random random = new Random();
        List<PersistentWriter> deleted = new ArrayList<>();
        ChunkFiles chunks = new ChunkFiles(temporary.resolve("data/tier2"));
        for (int i = 0; i < KILLS; i++) {
            chunks.forget();
            PersistentWriter brief = writer();
            awaitMore();
            awaitMore(brief);
            brief.stop();
            brief.join();
            try (StoreClient client = new StoreClient(addresses.store())) {
                eventually(() -> chunks.look().haveGrown() && chunks.wereJoined(2 * ROLLOVER_BYTES));
                for (PersistentWriter writer : writers) {
                    writer.truncate(client, KEPT_EVENTS);
                }
                brief.delete(client);
                deleted.add(brief);
            }
            eventually(() -> chunks.look().wereDeleted());
            TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
            server.kill();
            start();
        }
        awaitMore();
        stopWriters();
        eventually(() -> report().getLong("waitingBytes") == 0);
        assertStored();
        try (StoreClient reader = new StoreClient(addresses.store())) {
            for (PersistentWriter brief : deleted) {
                brief.assertDeleted(reader);
            }
        }
        // Nothing is left of what the killed servers had begun.
        eventually(() -> chunks.look().count() == report().getInteger("chunks"));
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
        start();
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
        stopWriters();
        eventually(() -> report().getLong("waitingBytes") == 0);
        assertStored();
    }

    private void assertStored() throws IOException {
        try (StoreClient reader = new StoreClient(addresses.store())) {
            for (PersistentWriter writer : writers) {
                writer.assertStored(reader);
            }
        }
    }

    private void awaitMore() throws Exception {
        for (PersistentWriter writer : writers) {
            awaitMore(writer);
        }
    }

    private static void awaitMore(PersistentWriter writer) throws Exception {
        long before = writer.acknowledged();
        eventually(() -> writer.acknowledged() > before + MORE_EVENTS);
    }

    private static JsonObject report() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + addresses.http() + "/health"))
                .timeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> health = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        return new JsonObject(health.body()).getJsonObject("longTermStorage");
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(server.toString()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
