/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.NumberedWriter;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import io.headrace.server.TestServer;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections are cut, writers are lost in the middle, and the server is started again: each event is stored once. */
@Timeout(300)
final class NumberedReconnectTest {
    private static final int KEYS = 5;
    private static final int EVENTS = 800;
    private static final int EVENTS_OF_A_WRITER = 150;

    @TempDir
    Path data;

    private static String event(long sequence) {
        return (sequence - 1) % KEYS + "/" + (sequence - 1) + "-".repeat(300);
    }

    /** Writes all events from one number on; returns when some of them are durable and others are under way. */
    private static void write(NumberedWriter<String> writer, long from) {
        Flowable.rangeLong(from, EVENTS - from + 1)
                .concatMapEager(
                        sequence -> writer.write(sequence, Long.toString((sequence - 1) % KEYS), event(sequence))
                                .toFlowable(),
                        100,
                        1)
                .take(EVENTS_OF_A_WRITER)
                .blockingSubscribe();
    }

    @Test
    void eachEventIsStoredOnce() throws Exception {
        try (TestServer server = TestServer.advertising(data, CuttingProxy.HOST);
                CuttingProxy proxy = CuttingProxy.before(server.storePort())) {
            StreamName stream = new StreamName("scope", "a");
            URI controller = URI.create("tcp://127.0.0.1:" + server.controller().getPort());
            try (HeadraceClient client = HeadraceClient.connect(controller)) {
                client.administration()
                        .createScope("scope")
                        .flatMap(made -> client.administration().createStream(stream, StreamConfiguration.fixed(3)))
                        .ignoreElement()
                        .blockingAwait();
            }
            proxy.cut(10, 25_000);
            boolean isRestarted = false;
            for (long last = 0; last < EVENTS; ) {
                try (HeadraceClient client = HeadraceClient.connect(controller)) {
                    NumberedWriter<String> writer =
                            client.numberedWriter(stream, "p", Serializers.utf8(), WriterOptions.defaults());
                    long found = writer.last().blockingGet();
                    assertThat(found).isGreaterThanOrEqualTo(last);
                    last = found;
                    // Some are written again.
                    write(writer, Math.max(1, last - 50));
                }
                if (!isRestarted && last >= EVENTS / 2) {
                    isRestarted = true;
                    server.pause();
                    server.resume();
                }
            }
            proxy.cut(0, 1);
            try (HeadraceClient client = HeadraceClient.connect(controller)) {
                List<String> all = client.reader(stream, Serializers.utf8())
                        .until(client.administration().tail(stream).blockingGet())
                        .events()
                        .map(Event::value)
                        .map(text -> text.replaceAll("-+$", ""))
                        .toList()
                        .blockingGet();
                ClientTest.assertOrder(all, KEYS, EVENTS);
            }
        }
    }
}
