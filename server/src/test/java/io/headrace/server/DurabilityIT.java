/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.UnavailableException;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server has acknowledged is there after {@code kill -9}, in order, and nothing else is. */
@Timeout(300)
final class DurabilityIT {
    private static final StreamName STREAM = new StreamName("durability", "events");
    private static final int EVENTS = 200_000;
    private static final int IN_FLIGHT = 2000;
    private static final int KILLS = 3;
    private static final int EVENTS_BEFORE_KILL = 6000;

    /** So much that one append is several frames of the log. */
    private static final int LARGE_BYTES = 3 << 20;

    private static final int LARGE_PAUSE_MILLIS = 30;
    private static final int LARGE_BEFORE_KILL = 3;

    @TempDir
    Path temporary;

    private ServerProcess server;
    private volatile Addresses addresses;

    @BeforeEach
    void start() throws Exception {
        server = ServerProcess.standalone(temporary, temporary.resolve("data"));
        addresses = server.awaitReady();
    }

    @AfterEach
    void end() {
        server.close();
    }

    @Test
    void whatIsAcknowledgedSurvivesKills() throws Exception {
        try (PersistentWriter large =
                new PersistentWriter(() -> addresses.store(), 0, 0, LARGE_BYTES, LARGE_PAUSE_MILLIS)) {
            createStream();
            List<String> stored = List.of();
            for (int kill = 0; kill < KILLS; kill++) {
                List<String> events = events(kill);
                AtomicInteger acknowledged = new AtomicInteger();
                long before = large.acknowledged();
                try (HeadraceClient client = connect()) {
                    CompletableFuture<Throwable> failure = write(client, events, acknowledged);
                    while (large.acknowledged() < before + LARGE_BEFORE_KILL
                            || (acknowledged.get() < EVENTS_BEFORE_KILL && !failure.isDone())) {
                        TimeUnit.MILLISECONDS.sleep(5);
                    }
                    server.kill();
                    Throwable cause = failure.get(60, TimeUnit.SECONDS);
                    if (acknowledged.get() < EVENTS) {
                        assertThat(cause).isInstanceOf(UnavailableException.class);
                    }
                }
                start();
                List<String> now = read();
                List<String> added = now.subList(stored.size(), now.size());
                assertThat(now.subList(0, stored.size())).isEqualTo(stored);
                assertThat(added).hasSizeGreaterThanOrEqualTo(acknowledged.get());
                assertThat(added).isEqualTo(events.subList(0, added.size()));
                stored = now;
            }
            // That it goes on also says that the segment ends with a whole append.
            long before = large.acknowledged();
            while (large.acknowledged() < before + LARGE_BEFORE_KILL) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            large.stop();
            large.join();
            try (StoreClient reader = new StoreClient(addresses.store())) {
                large.assertStored(reader);
            }
        }
    }

    private HeadraceClient connect() {
        return HeadraceClient.connect(URI.create("tcp://" + addresses.controller()));
    }

    private void createStream() {
        try (HeadraceClient client = connect()) {
            client.administration()
                    .createScope(STREAM.scope())
                    .flatMap(created -> client.administration().createStream(STREAM, StreamConfiguration.fixed(1)))
                    .ignoreElement()
                    .blockingAwait();
        }
    }

    /** Writes until the server is gone. */
    private static CompletableFuture<Throwable> write(
            HeadraceClient client, List<String> events, AtomicInteger acknowledged) {
        var writer = client.writer(
                STREAM, Serializers.utf8(), WriterOptions.defaults().withDeadline(Duration.ofSeconds(5)));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        var unused = Flowable.fromIterable(events)
                .flatMapCompletable(
                        event -> writer.write("key", event)
                                .doOnSuccess(done -> acknowledged.incrementAndGet())
                                .ignoreElement(),
                        false,
                        IN_FLIGHT)
                .subscribe(() -> failure.complete(new IllegalStateException("all was written")), failure::complete);
        return failure;
    }

    private List<String> read() {
        try (HeadraceClient client = connect()) {
            return client.administration()
                    .tail(STREAM)
                    .flatMapPublisher(tail -> client.reader(STREAM, Serializers.utf8())
                            .until(tail)
                            .events())
                    .map(Event::value)
                    .toList()
                    .blockingGet();
        }
    }

    private static List<String> events(int round) {
        List<String> events = new ArrayList<>(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events.add("round " + round + ", event " + i);
        }
        return events;
    }
}
