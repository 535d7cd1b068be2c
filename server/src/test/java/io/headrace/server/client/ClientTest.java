/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Administration;
import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.SealedException;
import io.headrace.client.Serializer;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.TestServer;
import io.reactivex.rxjava3.core.Single;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server for all tests of a class, a client and a scope for each. */
abstract class ClientTest {
    /** How long what will happen may take, in seconds. */
    static final long PATIENCE = 60;

    @TempDir
    static Path data;

    static TestServer server;

    final String scope = "scope-" + UUID.randomUUID();
    HeadraceClient client;
    Administration admin;

    @BeforeAll
    static void startServer() {
        server = TestServer.in(data);
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        client = HeadraceClient.connect(server.controller());
        admin = client.administration();
        admin.createScope(scope).ignoreElement().blockingAwait();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    /** Everything that is in a stream now, or all of a sealed one. */
    <T> List<T> readAll(StreamName stream, Serializer<T> serializer) {
        EventReader<T> reader = client.reader(stream, serializer);
        Single<EventReader<T>> bounded = admin.tail(stream)
                .map(reader::until)
                .onErrorResumeNext(
                        cause -> cause instanceof SealedException ? Single.just(reader) : Single.error(cause));
        return bounded.flatMapPublisher(EventReader::events)
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    List<String> readAll(StreamName stream) {
        return readAll(stream, Serializers.utf8());
    }

    /**
     * Checks that each of the events {@code key/0}, {@code key/1} and so on is there once, in the order of its key.
     *
     * @param keys an event's key is its number modulo this
     */
    static void assertOrder(List<String> events, int keys, int count) {
        Map<String, Integer> next = new HashMap<>();
        for (String event : events) {
            int slash = event.indexOf('/');
            String key = event.substring(0, slash);
            int number = Integer.parseInt(event.substring(slash + 1));
            assertThat(number).as("of key %s", key).isEqualTo(next.getOrDefault(key, Integer.parseInt(key)));
            next.put(key, number + keys);
        }
        assertThat(events).hasSize(count);
    }

    /** A new stream of the test's scope. */
    StreamName stream(String name, int segments) {
        StreamName stream = new StreamName(scope, name);
        admin.createStream(stream, StreamConfiguration.fixed(segments))
                .ignoreElement()
                .blockingAwait();
        return stream;
    }
}
