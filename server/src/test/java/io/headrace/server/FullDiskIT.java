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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up under load: writers wait, readers are served, and nothing that was acknowledged is lost. */
@Timeout(600)
final class FullDiskIT {
    private static final int SMALL = 300;
    private static final int LARGER = 1200;
    private static final int LARGEST = 4 * LARGER;
    private static final int WRITERS = 4;

    /** Enough to show that a writer goes on; about as much as it has in flight. */
    private static final int MORE_EVENTS = 40;

    @TempDir
    Path temporary;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<PersistentWriter> writers = new ArrayList<>();
    private SmallDisk disk;
    private ServerProcess server;
    private volatile Addresses addresses;

    @BeforeEach
    void start() throws Exception {
        disk = SmallDisk.mount(temporary.resolve("disk"), SMALL);
        startServer();
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
        if (disk != null) {
            disk.close();
        }
    }

    private void startServer() throws Exception {
        server = ServerProcess.standalone(temporary, disk.path().resolve("data"));
        addresses = server.awaitReady();
    }

    @Test
    void writersWaitWhileReadersAreServedAndGoOnWhenThereIsSpace() throws Exception {
        eventually(() -> writersWait());
        try (StoreClient reader = new StoreClient(addresses.store())) {
            writers.get(0).assertStored(reader);
        }
        disk.resize(LARGER);
        eventually(() -> !writersWait());
        awaitMore();
        assertThat(server.isAlive()).as(server.toString()).isTrue();
        assertNothingLost();
    }

    /** Somebody else takes all the space at once, so that writes fail. */
    @Test
    void aDiskThatIsFullToTheLastByteLosesNothing() throws Exception {
        disk.resize(LARGER);
        awaitMore();
        Path filler = disk.path().resolve("filler");
        disk.fill(filler);
        eventually(() -> !server.isAlive() || writersWait());
        Files.delete(filler);
        // While one writer has to connect again the others must not fill it up once more.
        disk.resize(LARGEST);
        for (PersistentWriter writer : writers) {
            long before = writer.acknowledged();
            eventually(() -> {
                if (!server.isAlive()) {
                    // A write had failed, after which storage cannot be trusted before it is recovered.
                    assertThat(server.awaitEnd()).isEqualTo(FatalErrors.EXIT_CODE);
                    startServer();
                }
                return writer.acknowledged() > before + MORE_EVENTS;
            });
        }
        assertNothingLost();
    }

    private void awaitMore() throws Exception {
        for (PersistentWriter writer : writers) {
            long before = writer.acknowledged();
            eventually(() -> writer.acknowledged() > before + MORE_EVENTS);
        }
    }

    private void assertNothingLost() throws Exception {
        server.kill();
        startServer();
        writers.forEach(PersistentWriter::stop);
        try (StoreClient reader = new StoreClient(addresses.store())) {
            for (PersistentWriter writer : writers) {
                writer.assertStored(reader);
            }
        }
    }

    private boolean writersWait() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + addresses.http() + "/health"))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> health = http.send(request, HttpResponse.BodyHandlers.ofString());
            boolean wait = new JsonObject(health.body()).getJsonObject("disk").getBoolean("writersWait");
            assertThat(wait && health.statusCode() != 503).isFalse();
            return wait;
        } catch (IOException e) {
            assertThat(server.awaitEnd()).as(server.toString()).isEqualTo(FatalErrors.EXIT_CODE);
            return false;
        }
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
