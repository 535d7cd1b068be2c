/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.segment.impl.ServerTimeoutException;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.TxnFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;

/** On a server for which a minute of automatic scaling lasts half a second. */
@DisplayName("Automatic scaling over kills")
class AutoScaleKillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PLAIN_KEYS = 14;
    private static final int TRANSACTION_KEYS = 2;
    private static final int EVENTS = 5;

    @Case(value = "AUT-08", durable = true)
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void killedWhileLoadScales() throws Exception {
        try (HeadraceProcess server = Server.startHeadrace("auto-scale-kill", "--scaling-pace", "120");
                Client client = new Client(server)) {
            client.createScope();
            StreamConfiguration growing = StreamConfiguration.builder()
                    .scalingPolicy(ScalingPolicy.byEventRate(1, 3, 1))
                    .build();
            assertThat(client.streams().createStream(client.scope(), "a", growing))
                    .isTrue();
            client.checkpointedGroup("g", "a");
            KeyOrder order = new KeyOrder(PLAIN_KEYS + TRANSACTION_KEYS);
            AtomicBoolean allRead = new AtomicBoolean();
            List<Future<?>> reading = new ArrayList<>();
            for (String id : List.of("r1", "r2")) {
                EventStreamReader<String> reader = client.reader(id, "g");
                reading.add(client.inBackground(() -> read(reader, order, allRead)));
            }
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<?>> writing = new ArrayList<>();
            KeyWriter plain = new KeyWriter(client.writer("a"), PLAIN_KEYS + TRANSACTION_KEYS);
            writing.add(client.inBackground(() -> writePlain(plain, stop)));
            List<AtomicLong> committed = new ArrayList<>();
            for (int i = 0; i < TRANSACTION_KEYS; i++) {
                int key = PLAIN_KEYS + i;
                AtomicLong count = new AtomicLong();
                committed.add(count);
                TransactionalEventStreamWriter<String> writer = client.transactions("a");
                writing.add(client.inBackground(() -> writeTransactions(writer, key, count, stop)));
            }

            awaitSplit(server, client, 0);
            for (int kill = 0; kill < 2; kill++) {
                server.kill();
                int splits = kill + 1;
                server.restart();
                awaitSplit(server, client, splits);
            }
            stop.set(true);
            for (Future<?> writer : writing) {
                writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            long total = plain.acknowledged()
                    + committed.stream().mapToLong(AtomicLong::get).sum();
            awaitRead(order, total, reading);
            allRead.set(true);
            for (Future<?> reader : reading) {
                reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            order.assertContains(plain);
            for (int i = 0; i < TRANSACTION_KEYS; i++) {
                assertThat(order.count(PLAIN_KEYS + i))
                        .isEqualTo(committed.get(i).intValue());
            }
            assertThat(order.count()).isEqualTo(total);
        }
    }

    private static void read(EventStreamReader<String> reader, KeyOrder order, AtomicBoolean stop) {
        while (!stop.get()) {
            try {
                order.readOnce(reader);
            } catch (ServerTimeoutException e) {
                // The start took longer than the half minute that the client waits. It asks again with the next read.
            }
        }
    }

    private static void writePlain(KeyWriter writer, AtomicBoolean stop) throws InterruptedException {
        while (!stop.get()) {
            for (int key = 0; key < PLAIN_KEYS; key++) {
                writer.write(key);
            }
            writer.flush();
        }
    }

    /** Commits one after the other, so that their events are in one order; aborts some in between. */
    private static void writeTransactions(
            TransactionalEventStreamWriter<String> writer, int key, AtomicLong committed, AtomicBoolean stop)
            throws TxnFailedException {
        for (int i = 0; !stop.get(); i++) {
            Transaction<String> transaction = writer.beginTxn();
            for (int n = 0; n < EVENTS; n++) {
                transaction.writeEvent("key-" + key, key + "#" + (committed.get() + n) + "#");
            }
            if (i % 3 == 2) {
                transaction.abort();
            } else {
                transaction.commit();
                committed.addAndGet(EVENTS);
            }
        }
    }

    /** Waits until load has split a segment more often than {@code known} times, and returns while it is at it. */
    private static void awaitSplit(HeadraceProcess server, Client client, int known) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String scaling = server.scaling(client.scope(), "a");
        while (splits(scaling) <= known) {
            assertThat(System.nanoTime()).as(scaling).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
            scaling = server.scaling(client.scope(), "a");
        }
    }

    /** Number of decisions to split that have been made. */
    private static int splits(String scaling) {
        int decisions = scaling.indexOf("\"decisions\"");
        return decisions < 0 ? 0 : scaling.substring(decisions).split("\"split\"", -1).length - 1;
    }

    private static void awaitRead(KeyOrder order, long total, List<Future<?>> reading) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (order.count() < total) {
            assertThat(System.nanoTime())
                    .as("%s of %s events", order.count(), total)
                    .isLessThan(deadline);
            for (Future<?> reader : reading) {
                if (reader.isDone()) {
                    reader.get();
                }
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
