/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Failures.failure;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pravega.client.segment.impl.SegmentSealedException;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Events over eight mebibytes")
class LargeEventTest {
    private static final int MEBIBYTE = 1 << 20;

    @Case("LRG-01")
    void oneLargeEvent(Client client) {
        client.stream("a", 1);
        String event = large("1", 20);
        writer(client).writeEvent("k", event).join();
        assertSame(client.readAll(1, "a"), List.of(event));
    }

    @Case("LRG-02")
    void smallAndLargeKeepTheirOrder(Client client) {
        client.stream("a", 2);
        EventStreamWriter<String> writer = writer(client);
        List<String> expected = List.of("1", large("2", 9), "3", "4", large("5", 12), large("6", 9), "7");
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (String event : expected) {
            writes.add(writer.writeEvent("k", event));
            writes.add(writer.writeEvent("another key", "other"));
        }
        writes.forEach(CompletableFuture::join);
        List<String> read = new ArrayList<>(client.readAll(2 * expected.size(), "a"));
        assertThat(read.removeIf("other"::equals)).isTrue();
        assertSame(read, expected);
    }

    @Case(value = "LRG-03", durable = true)
    void writtenOnceOverARestart(Server server) throws Exception {
        try (Client client = new Client(server)) {
            client.stream("a", 1);
            EventStreamWriter<String> writer = writer(client);
            writer.writeEvent("k", "before").join();
            String event = large("1", 64);
            long stored = server.storedBytes();
            Future<?> writing =
                    client.inBackground(() -> writer.writeEvent("k", event).join());
            long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
            while (server.storedBytes() < stored + 8 * MEBIBYTE) {
                assertThat(System.nanoTime()).as("data arrives").isLessThan(deadline);
            }
            assertThat(writing).isNotDone();
            server.kill();
            server.restart();
            writing.get(60, TimeUnit.SECONDS);
            writer.writeEvent("k", "after").join();
            assertSame(client.readAll(3, "a"), List.of("before", event, "after"));
        }
    }

    @Case("LRG-04")
    void sealing(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = writer(client);
        writer.writeEvent("k", "before").join();
        assertThat(client.streams().sealStream(client.scope(), "a")).isTrue();
        assertThat(failure(writer.writeEvent("k", large("1", 9)))).isInstanceOf(SegmentSealedException.class);
        assertSame(client.readAll(1, "a"), List.of("before"));
    }

    @Case("LRG-05")
    void scaling(Client client) throws Exception {
        client.stream("a", 1);
        EventStreamWriter<String> writer = writer(client);
        writer.writeEvent("k", "before").join();
        String event = large("1", 64);
        Future<?> writing =
                client.inBackground(() -> writer.writeEvent("k", event).join());
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1)), 0.0, 0.5, 1.0);
        writing.get(60, TimeUnit.SECONDS);
        writer.writeEvent("k", "after").join();
        client.checkpointedGroup("g", "a");
        assertSame(next(client.reader("r", "g"), 3), List.of("before", event, "after"));
    }

    @Case("LRG-06")
    void theyMustBeAskedFor(Client client) {
        client.stream("a", 1);
        EventStreamWriter<String> writer = client.writer("a");
        assertThatThrownBy(() -> Failures.unexpected(writer.writeEvent("k", large("1", 9))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static EventStreamWriter<String> writer(Client client) {
        return client.writer(
                "a", EventWriterConfig.builder().enableLargeEvents(true).build());
    }

    private static String large(String prefix, int mebibytes) {
        return Client.sized(prefix, mebibytes * MEBIBYTE);
    }

    /** As {@code isEqualTo}, but a failure does not print the events. */
    private static void assertSame(List<String> read, List<String> expected) {
        assertThat(read.stream().map(String::length).toList())
                .isEqualTo(expected.stream().map(String::length).toList());
        assertThat(read.equals(expected)).as("equal bytes").isTrue();
    }
}
