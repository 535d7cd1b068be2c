/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.UnavailableException;
import io.headrace.client.WriterOptions;
import io.headrace.server.ServerProcess;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server has acknowledged is there after {@code kill -9}, in order, and nothing else is. */
final class DurabilityIT {
    private static final StreamName STREAM = new StreamName("durability", "events");
    private static final int EVENTS = 200_000;
    private static final int IN_FLIGHT = 2000;
    private static final int KILLS = 3;
    private static final int EVENTS_BEFORE_KILL = 6000;

    @TempDir
    Path temporary;

    @Test
    void acknowledgedEventsSurviveKills() throws Exception {
        Path data = temporary.resolve("data");
        try (ServerProcess server = ServerProcess.standalone(temporary, data);
                HeadraceClient client = connect(server)) {
            client.administration()
                    .createScope(STREAM.scope())
                    .flatMap(created -> client.administration().createStream(STREAM, StreamConfiguration.fixed(1)))
                    .ignoreElement()
                    .blockingAwait();
        }
        List<String> stored = List.of();
        for (int kill = 0; kill < KILLS; kill++) {
            List<String> before = stored;
            List<String> events = events(kill);
            AtomicInteger acknowledged = new AtomicInteger();
            try (ServerProcess server = ServerProcess.standalone(temporary, data);
                    HeadraceClient client = connect(server)) {
                assertThat(read(client)).isEqualTo(before);
                CompletableFuture<Throwable> failure = write(client, events, acknowledged);
                while (acknowledged.get() < EVENTS_BEFORE_KILL && !failure.isDone()) {
                    Thread.onSpinWait();
                }
                server.kill();
                Throwable cause = failure.get(60, TimeUnit.SECONDS);
                if (acknowledged.get() < EVENTS) {
                    assertThat(cause).isInstanceOf(UnavailableException.class);
                }
            }
            try (ServerProcess server = ServerProcess.standalone(temporary, data);
                    HeadraceClient client = connect(server)) {
                stored = read(client);
            }
            List<String> added = stored.subList(before.size(), stored.size());
            assertThat(stored.subList(0, before.size())).isEqualTo(before);
            assertThat(added).hasSizeGreaterThanOrEqualTo(acknowledged.get());
            assertThat(added).isEqualTo(events.subList(0, added.size()));
        }
    }

    /** Writes until the server is gone. */
    private static CompletableFuture<Throwable> write(
            HeadraceClient client, List<String> events, AtomicInteger acknowledged) {
        var writer = client.writer(
                STREAM, Serializers.utf8(), WriterOptions.defaults().withDeadline(Duration.ofSeconds(10)));
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

    private static HeadraceClient connect(ServerProcess server) throws Exception {
        return HeadraceClient.connect(URI.create("tcp://" + server.awaitController()));
    }

    private static List<String> read(HeadraceClient client) {
        return client.administration()
                .tail(STREAM)
                .flatMapPublisher(tail ->
                        client.reader(STREAM, Serializers.utf8()).until(tail).events())
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    private static List<String> events(int round) {
        List<String> events = new ArrayList<>(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events.add("round " + round + ", event " + i);
        }
        return events;
    }
}
