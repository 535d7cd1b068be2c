/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.TxnFailedException;
import io.pravega.client.stream.impl.ByteArraySerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Load: many, large and interrupted writes")
class LoadTest {
    @Case({"ORD-01", "WR-12", "HVY-01"})
    void aMillionEventsWithAThousandKeys(Client client) throws Exception {
        int keys = 1_000;
        int events = 1_000_000;
        client.stream("a", 8);
        client.group("g", "a");
        KeyOrder order = new KeyOrder(keys);
        Future<?> first = client.inBackground(() -> order.read(client.reader("r1", "g"), events));
        Future<?> second = client.inBackground(() -> order.read(client.reader("r2", "g"), events));
        KeyWriter writer = new KeyWriter(client.writer("a"), keys);
        for (int i = 0; i < events; i++) {
            writer.write(i % keys);
        }
        writer.flush();
        first.get(5, TimeUnit.MINUTES);
        second.get(5, TimeUnit.MINUTES);
        order.assertComplete(writer);
    }

    @Case({"WR-05", "HVY-02"})
    void eventsFromOneByteToEightMebibytes(Client client) {
        client.stream("a", 1);
        int mebibyte = 1 << 20;
        int largest = 8 * mebibyte;
        List<byte[]> events = new ArrayList<>();
        Random random = new Random(42);
        for (int size : new int[] {
            1,
            2,
            7,
            8,
            9,
            100,
            1_023,
            65_535,
            65_536,
            523_256,
            523_264,
            523_265,
            mebibyte - 100,
            mebibyte - 36,
            mebibyte,
            mebibyte + 1,
            3 * mebibyte + 17,
            largest - 1,
            largest,
            1
        }) {
            byte[] event = new byte[size];
            random.nextBytes(event);
            events.add(event);
        }
        try (EventStreamWriter<byte[]> writer = client.writer(
                "a", new ByteArraySerializer(), EventWriterConfig.builder().build())) {
            events.forEach(event -> writer.writeEvent("k", event).join());
        }
        client.group("g", "a");
        try (EventStreamReader<byte[]> reader = client.events()
                .createReader(
                        "r",
                        "g",
                        new ByteArraySerializer(),
                        ReaderConfig.builder().build())) {
            for (byte[] event : events) {
                assertThat(nextBytes(reader)).isEqualTo(event);
            }
        }
    }

    @Case({"WR-02", "RGP-11", "HVY-03"})
    void fourWritersAndThreeReaders(Client client) throws Exception {
        int keys = 40;
        int events = 100_000;
        client.stream("a", 4);
        client.group("g", "a");
        KeyOrder order = new KeyOrder(keys);
        List<Future<?>> readers = new ArrayList<>();
        for (String id : List.of("r1", "r2", "r3")) {
            readers.add(client.inBackground(() -> order.read(client.reader(id, "g"), events)));
        }
        List<KeyWriter> writers = new ArrayList<>();
        List<Future<?>> writing = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            int first = w * keys / 4;
            KeyWriter writer = new KeyWriter(client.writer("a"), keys);
            writers.add(writer);
            writing.add(client.inBackground(() -> {
                for (int i = 0; i < events / 4; i++) {
                    writer.write(first + i % (keys / 4));
                }
                writer.flush();
            }));
        }
        for (Future<?> task : writing) {
            task.get(3, TimeUnit.MINUTES);
        }
        for (Future<?> task : readers) {
            task.get(3, TimeUnit.MINUTES);
        }
        writers.forEach(order::assertContains);
        assertThat(order.count()).isEqualTo(events);
    }

    @Case(
            value = {"WR-07", "HVY-04"},
            durable = true)
    void killedFiveTimesWhileWriting(Server server) throws Exception {
        int keys = 50;
        try (Client client = new Client(server)) {
            client.stream("a", 4);
            KeyWriter writer = new KeyWriter(client.writer("a"), keys);
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> writing = client.inBackground(() -> {
                for (int i = 0; !stop.get(); i++) {
                    writer.write(i % keys);
                }
                writer.flush();
            });
            for (int kill = 0; kill < 5; kill++) {
                writer.awaitAcknowledged(writer.acknowledged() + 20_000, writing);
                server.kill();
                server.restart();
            }
            writer.awaitAcknowledged(writer.acknowledged() + 20_000, writing);
            stop.set(true);
            writing.get(2, TimeUnit.MINUTES);
            client.group("g", "a");
            KeyOrder order = new KeyOrder(keys);
            order.read(client.reader("r", "g"), writer.acknowledged());
            Client.nothing(client.reader("r2", "g"));
            order.assertComplete(writer);
        }
    }

    @Case(value = "TXN-26", durable = true)
    void transactionsOverTwoKills(Server server) throws Exception {
        try (Client client = new Client(server)) {
            client.stream("a", 3);
            Set<String> committed = ConcurrentHashMap.newKeySet();
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<?>> writing = new ArrayList<>();
            for (String name : List.of("w1", "w2", "w3")) {
                TransactionalEventStreamWriter<String> writer = client.transactions("a");
                writing.add(client.inBackground(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        writeTransaction(writer.beginTxn(), name + "/" + i, i % 3 == 2, committed);
                    }
                }));
            }
            for (int kill = 0; kill < 2; kill++) {
                awaitSize(committed, committed.size() + 100);
                server.kill();
                server.restart();
            }
            awaitSize(committed, committed.size() + 100);
            stop.set(true);
            for (Future<?> task : writing) {
                task.get(2, TimeUnit.MINUTES);
            }
            assertThat(client.readAll(committed.size(), "a")).containsExactlyInAnyOrderElementsOf(committed);
        }
    }

    private static void writeTransaction(
            Transaction<String> transaction, String name, boolean aborted, Set<String> committed)
            throws TxnFailedException {
        List<String> events =
                IntStream.range(0, 5).mapToObj(n -> name + "/" + n).toList();
        for (String event : events) {
            transaction.writeEvent(event, event);
        }
        if (aborted) {
            transaction.abort();
        } else {
            transaction.commit();
            committed.addAll(events);
        }
    }

    private static void awaitSize(Set<String> set, int size) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (set.size() < size) {
            assertThat(System.nanoTime()).as("%s of %s", set.size(), size).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static byte[] nextBytes(EventStreamReader<byte[]> reader) {
        long deadline = System.nanoTime() + Client.PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            EventRead<byte[]> read = reader.readNextEvent(1000);
            if (read.getEvent() != null) {
                return read.getEvent();
            }
        }
        throw new AssertionError("no event within " + Client.PATIENCE);
    }
}
