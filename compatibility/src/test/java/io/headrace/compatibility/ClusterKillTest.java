/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pravega.client.segment.impl.ServerTimeoutException;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.TxnFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Each node of a cluster is killed once while the published client is at work. With {@code -Dheadrace.faults.minutes=1} only: it takes minutes. */
@DisplayName("A cluster over kills")
@EnabledIfSystemProperty(named = "headrace.faults.minutes", matches = "[1-9][0-9]*")
class ClusterKillTest {
    private static final int KEYS = 16;
    private static final int EVENTS = 2_000;
    private static final int PARTS = 3;

    @Test
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void killedNodesAreReplaced() throws Exception {
        assumeThat(Server.isHeadrace()).isTrue();
        try (ClusterProcesses cluster = Server.startCluster("cluster");
                Client client = new Client(cluster)) {
            client.createScope();
            client.stream("a", 4);
            client.stream("t", 2);
            client.checkpointedGroup("g", "a");
            AtomicBoolean stop = new AtomicBoolean();
            AtomicBoolean allRead = new AtomicBoolean();
            KeyOrder order = new KeyOrder(KEYS);
            List<Future<?>> reading = new ArrayList<>();
            for (String id : List.of("r1", "r2")) {
                EventStreamReader<String> reader = client.reader(id, "g");
                reading.add(client.inBackground(() -> read(reader, order, allRead)));
            }
            KeyWriter writer = new KeyWriter(client.writer("a"), KEYS);
            Future<?> writing = client.inBackground(() -> write(writer, stop));
            TransactionalEventStreamWriter<String> transactions = client.transactions("t");
            Set<Integer> committed = new TreeSet<>();
            AtomicLong commits = new AtomicLong();
            Future<?> committing = client.inBackground(() -> commit(transactions, committed, commits, stop));

            goOn(writer, writing, commits, committing);
            for (int node = 0; node < 2; node++) {
                cluster.kill(node);
                goOn(writer, writing, commits, committing);
                cluster.restart(node);
                goOn(writer, writing, commits, committing);
            }
            stop.set(true);
            writing.get(2, TimeUnit.MINUTES);
            committing.get(2, TimeUnit.MINUTES);
            awaitRead(order, writer, reading);
            allRead.set(true);
            for (Future<?> reader : reading) {
                reader.get(2, TimeUnit.MINUTES);
            }
            order.assertComplete(writer);
            assertTransactions(client, committed);
        }
    }

    /** A round is flushed before the next, so what is acknowledged comes from all segments. */
    private static void goOn(KeyWriter writer, Future<?> writing, AtomicLong commits, Future<?> committing)
            throws Exception {
        long enough = commits.get() + 3;
        writer.awaitAcknowledged(writer.acknowledged() + EVENTS, writing);
        while (commits.get() < enough) {
            assertThat(committing.isDone()).as("no more transactions").isFalse();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static void write(KeyWriter writer, AtomicBoolean stop) throws InterruptedException {
        while (!stop.get()) {
            writer.writeRounds(10);
            writer.flush();
        }
    }

    private static void commit(
            TransactionalEventStreamWriter<String> writer,
            Set<Integer> committed,
            AtomicLong commits,
            AtomicBoolean stop)
            throws TxnFailedException {
        for (int number = 0; !stop.get(); number++) {
            Transaction<String> transaction = writer.beginTxn();
            for (int part = 0; part < PARTS; part++) {
                transaction.writeEvent("key-" + part, number + "#" + part);
            }
            transaction.commit();
            committed.add(number);
            commits.incrementAndGet();
        }
    }

    private static void read(EventStreamReader<String> reader, KeyOrder order, AtomicBoolean stop) {
        while (!stop.get()) {
            try {
                order.readOnce(reader);
            } catch (ServerTimeoutException e) {
                // Nobody had the segment for longer than the client waits. It asks again with the next read.
            }
        }
    }

    private static void awaitRead(KeyOrder order, KeyWriter writer, List<Future<?>> reading) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (order.count() < writer.acknowledged()) {
            assertThat(System.nanoTime()).as("%s events read", order.count()).isLessThan(deadline);
            for (Future<?> reader : reading) {
                if (reader.isDone()) {
                    reader.get();
                }
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Reads all transactions, the last of which may be committed in a moment; each is there with all its parts. */
    private static void assertTransactions(Client client, Set<Integer> committed) {
        client.group("h", "t");
        EventStreamReader<String> reader = client.reader("r3", "h");
        Set<String> parts = new TreeSet<>();
        Set<Integer> numbers = new TreeSet<>();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        String event = Client.next(reader);
        while (event != null || !(numbers.containsAll(committed) && parts.size() == PARTS * numbers.size())) {
            assertThat(System.nanoTime()).as("parts %s of %s", parts, committed).isLessThan(deadline);
            if (event != null) {
                assertThat(parts.add(event)).as(event).isTrue();
                numbers.add(Integer.parseInt(event.substring(0, event.indexOf('#'))));
            }
            event = reader.readNextEvent(500).getEvent();
        }
    }
}
