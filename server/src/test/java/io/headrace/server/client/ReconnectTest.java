/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Administration;
import io.headrace.client.ByteStreamWriter;
import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.TestServer;
import io.reactivex.rxjava3.core.Flowable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections are cut in the middle of whatever is on its way, while the server lives on and knows what it has. */
final class ReconnectTest {
    private static final String SCOPE = "scope";
    private static final int CUTS = 12;

    /** More than a block, so that each connection gets something done. */
    private static final int BYTES_BETWEEN_CUTS = 300_000;

    @TempDir
    static Path data;

    private static TestServer server;
    private static CuttingProxy proxy;
    private static HeadraceClient client;

    @BeforeAll
    static void start() {
        server = TestServer.advertising(data, CuttingProxy.HOST);
        proxy = CuttingProxy.before(server.storePort());
        client = HeadraceClient.connect(
                URI.create("tcp://127.0.0.1:" + server.controller().getPort()));
        client.administration().createScope(SCOPE).ignoreElement().blockingAwait();
    }

    @AfterAll
    static void end() throws IOException {
        client.close();
        proxy.close();
        server.close();
    }

    @BeforeEach
    void leaveConnectionsAlone() {
        proxy.cut(0, 1);
    }

    private static StreamName stream(String name, int segments) {
        StreamName stream = new StreamName(SCOPE, name);
        Administration admin = client.administration();
        admin.createStream(stream, StreamConfiguration.fixed(segments))
                .ignoreElement()
                .blockingAwait();
        return stream;
    }

    @Test
    void everyByteIsStoredOnceAndInOrder() {
        StreamName stream = stream("bytes", 1);
        byte[] bytes = new byte[12_000_000];
        new Random(1).nextBytes(bytes);
        ByteStreamWriter writer = client.byteWriter(stream);
        proxy.cut(CUTS, BYTES_BETWEEN_CUTS);
        // Pieces that fall together in blocks, and some that are larger than one.
        Flowable<ByteBuffer> pieces = Flowable.generate(() -> 0, (at, out) -> {
            int length = Math.min(bytes.length - at, at % 7 == 0 ? 400_000 : 1 + at % 20_011);
            if (length == 0) {
                out.onComplete();
            } else {
                out.onNext(ByteBuffer.wrap(bytes, at, length).slice());
            }
            return at + length;
        });
        writer.writeAll(pieces).blockingAwait();
        assertThat(proxy.cutsLeft()).isZero();
        assertThat(writer.tailOffset().blockingGet()).isEqualTo(bytes.length);
        writer.seal().blockingAwait();

        proxy.cut(CUTS, BYTES_BETWEEN_CUTS);
        byte[] read = client.byteReader(stream)
                .bytes(0)
                .collect(ByteArrayOutputStream::new, (all, buffer) -> {
                    byte[] piece = new byte[buffer.remaining()];
                    buffer.get(piece);
                    all.writeBytes(piece);
                })
                .blockingGet()
                .toByteArray();
        assertThat(proxy.cutsLeft()).isZero();
        assertThat(read).isEqualTo(bytes);
    }

    @Test
    void everyEventIsStoredOnceAndReadOnce() {
        StreamName stream = stream("events", 3);
        int events = 60_000;
        String padding = "x".repeat(150);
        proxy.cut(CUTS, BYTES_BETWEEN_CUTS);
        client.writer(stream, Serializers.utf8())
                .writeAll(
                        Flowable.range(0, events).map(i -> i % 10 + "/" + i + "/" + padding),
                        event -> event.substring(0, 1))
                .blockingAwait();
        assertThat(proxy.cutsLeft()).isZero();

        proxy.cut(CUTS, BYTES_BETWEEN_CUTS);
        List<String> read = new ArrayList<>();
        client.reader(stream, Serializers.utf8())
                .until(client.administration().tail(stream).blockingGet())
                .events()
                .map(Event::value)
                .timeout(ClientTest.PATIENCE, TimeUnit.SECONDS)
                .blockingForEach(event -> read.add(event.substring(0, event.lastIndexOf('/'))));
        assertThat(proxy.cutsLeft()).isZero();
        ClientTest.assertOrder(read, 10, events);
    }
}
