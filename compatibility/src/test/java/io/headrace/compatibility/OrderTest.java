/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static io.headrace.compatibility.Client.next;
import static io.headrace.compatibility.Client.nothing;
import static io.headrace.compatibility.SegmentIds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.ReaderGroup;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Order of events")
class OrderTest {
    private static final int KEYS = 30;

    @Case("ORD-02")
    void perKeyOverSplitsAndMerges(Client client) throws Exception {
        client.stream("a", 2);
        client.checkpointedGroup("g", "a");
        KeyWriter writer = new KeyWriter(client.writer("a"), KEYS);
        AtomicBoolean stop = new AtomicBoolean();
        Future<?> writing = client.inBackground(() -> {
            while (!stop.get()) {
                writer.writeRounds(1);
                writer.flush();
            }
        });
        KeyOrder order = new KeyOrder(KEYS);
        scaleWhileWriting(client, writer, writing, List.of(0L), Set.of(1L, id(2, 1), id(3, 1)), 0.0, 0.2, 0.5);
        EventStreamReader<String> reader = client.reader("r1", "g");
        EventStreamReader<String> second = client.reader("r2", "g");
        Future<?> reading = client.inBackground(() -> order.readWhile(second, () -> !stop.get()));
        scaleWhileWriting(client, writer, writing, List.of(id(3, 1), 1L), Set.of(id(2, 1), id(4, 2)), 0.2, 1.0);
        scaleWhileWriting(
                client, writer, writing, List.of(id(2, 1)), Set.of(id(4, 2), id(5, 3), id(6, 3)), 0.0, 0.1, 0.2);
        stop.set(true);
        writing.get(30, TimeUnit.SECONDS);
        reading.get(30, TimeUnit.SECONDS);
        second.close();
        order.read(reader, writer.acknowledged());
        order.assertComplete(writer);
    }

    @Case("ORD-03")
    void aSegmentHandedOver(Client client) throws Exception {
        client.stream("a", 2);
        KeyWriter writer = new KeyWriter(client.writer("a"), KEYS);
        writer.writeRounds(100);
        writer.flush();
        ReaderGroup group = client.checkpointedGroup("g", "a");
        KeyOrder order = new KeyOrder(KEYS);
        EventStreamReader<String> first = client.reader("r1", "g");
        order.read(first, 100);
        EventStreamReader<String> second = client.reader("r2", "g");
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        while (!group.getReaderSegmentDistribution()
                .getReaderSegmentDistribution()
                .equals(Map.of("r1", 1, "r2", 1))) {
            assertThat(System.nanoTime()).as("the segments are shared").isLessThan(deadline);
            order.readOnce(first);
            order.readOnce(second);
        }
        writer.writeRounds(20);
        writer.flush();
        Future<?> reading = client.inBackground(() -> order.read(second, writer.acknowledged()));
        order.read(first, writer.acknowledged());
        reading.get(30, TimeUnit.SECONDS);
        order.assertComplete(writer);
    }

    @Case("ORD-04")
    void transactionsInTheOrderOfTheirCommits(Client client) throws Exception {
        client.stream("a", 1);
        TransactionalEventStreamWriter<String> writer = client.transactions("a");
        List<String> expected = new ArrayList<>();
        commitFour(writer, 0, expected);
        SegmentIds.scaleQuickly(client, "a", List.of(0L), Set.of(id(1, 1), id(2, 1)), 0.0, 0.5, 1.0);
        commitFour(writer, 4, expected);
        SegmentIds.scaleQuickly(client, "a", List.of(id(1, 1), id(2, 1)), Set.of(id(3, 2)), 0.0, 1.0);
        commitFour(writer, 8, expected);
        client.checkpointedGroup("g", "a");
        assertThat(next(client.reader("r", "g"), expected.size())).isEqualTo(expected);
    }

    @Case("ORD-05")
    void aMergedSegmentAfterAllItsPredecessors(Client client) {
        client.stream("a", 3);
        ScalingPolicy fewer = ScalingPolicy.byEventRate(1_000_000, 2, 1);
        assertThat(client.streams()
                        .updateStream(
                                client.scope(),
                                "a",
                                StreamConfiguration.builder()
                                        .scalingPolicy(fewer)
                                        .build()))
                .isTrue();
        EventStreamWriter<String> writer = client.writer("a");
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            writes.add(writer.writeEvent("k" + i, "before"));
        }
        writes.forEach(CompletableFuture::join);
        assertThat(SegmentIds.scale(client, "a", List.of(0L, 1L, 2L), 0.0, 1.0)).isTrue();
        client.write("a", "after");

        ReaderGroup group = client.group("g", "a");
        EventStreamReader<String> first = client.reader("r1", "g");
        EventStreamReader<String> second = client.reader("r2", "g");
        List<String> read = new ArrayList<>(List.of(next(first), next(second)));
        readToTheEnd(first, read);
        pass(client, group, "c1", List.of(first, second), read);
        nothing(first);
        readToTheEnd(second, read);
        assertThat(read).hasSize(60).containsOnly("before");
        pass(client, group, "c2", List.of(first, second), read);
        readToTheEnd(first, read);
        readToTheEnd(second, read);
        assertThat(read).hasSize(61).endsWith("after");
    }

    private static void readToTheEnd(EventStreamReader<String> reader, List<String> read) {
        String event = reader.readNextEvent(500).getEvent();
        while (event != null) {
            read.add(event);
            event = reader.readNextEvent(500).getEvent();
        }
    }

    /** Takes a checkpoint that all readers pass. */
    private static void pass(
            Client client, ReaderGroup group, String name, List<EventStreamReader<String>> readers, List<String> read) {
        CompletableFuture<?> checkpoint = group.initiateCheckpoint(name, client.executor());
        for (EventStreamReader<String> reader : readers) {
            assertThat(reader.readNextEvent(10_000).getCheckpointName()).isEqualTo(name);
            String event = reader.readNextEvent(0).getEvent();
            if (event != null) {
                read.add(event);
            }
        }
        assertThat(checkpoint.orTimeout(30, TimeUnit.SECONDS).join()).isNotNull();
    }

    private static void scaleWhileWriting(
            Client client, KeyWriter writer, Future<?> writing, List<Long> sealed, Set<Long> expected, double... bounds)
            throws Exception {
        writer.awaitAcknowledged(writer.acknowledged() + 10 * KEYS, writing);
        SegmentIds.scaleQuickly(client, "a", sealed, expected, bounds);
        writer.awaitAcknowledged(writer.acknowledged() + 10 * KEYS, writing);
    }

    private static void commitFour(TransactionalEventStreamWriter<String> writer, int first, List<String> expected)
            throws Exception {
        for (int i = first; i < first + 4; i++) {
            Transaction<String> transaction = writer.beginTxn();
            for (int n = 0; n < 3; n++) {
                transaction.writeEvent("k", i + "/" + n);
                expected.add(i + "/" + n);
            }
            transaction.commit();
        }
    }
}
