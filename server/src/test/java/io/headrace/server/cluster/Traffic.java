/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ConflictException;
import io.headrace.client.Event;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.KeyValueTable;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableEntry;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Events, transactions and a counter in a table, written without a pause; afterwards everything must add up. */
final class Traffic implements AutoCloseable {
    private static final StreamName EVENTS = new StreamName("cluster", "events");
    private static final StreamName COMMITS = new StreamName("cluster", "commits");
    private static final TableName TABLE = new TableName("cluster", "table");
    private static final int KEYS = 20;
    private static final int IN_FLIGHT = 500;
    private static final int PARTS = 3;
    private static final String COUNTER = "counter0";

    /** Longer than any fault: whatever happens, an operation is to succeed in the end. */
    private static final WriterOptions PATIENT = WriterOptions.defaults().withDeadline(Duration.ofMinutes(2));

    private final HeadraceClient client;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final Set<Integer> committed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger counted = new AtomicInteger();
    private final AtomicInteger countings = new AtomicInteger();

    Traffic(HeadraceClient client) {
        this.client = client;
    }

    void start() {
        var administration = client.administration();
        administration
                .createScope(EVENTS.scope())
                .ignoreElement()
                .andThen(administration.createStream(EVENTS, StreamConfiguration.fixed(6)))
                .ignoreElement()
                .andThen(administration.createStream(COMMITS, StreamConfiguration.fixed(3)))
                .ignoreElement()
                .andThen(administration.createTable(TABLE, TableConfiguration.of(2, COUNTER.length())))
                .ignoreElement()
                .blockingAwait();
        run(this::writeEvents);
        run(this::writeTransactions);
        run(this::count);
    }

    private void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private interface Work {
        void run() throws Exception;
    }

    private void writeEvents() throws InterruptedException {
        EventWriter<String> writer = client.writer(EVENTS, Serializers.utf8(), PATIENT);
        Semaphore room = new Semaphore(IN_FLIGHT);
        while (!stopped) {
            room.acquire();
            int number = written.getAndIncrement();
            var unused = writer.write("key" + number % KEYS, number % KEYS + ":" + number / KEYS)
                    .subscribe(
                            done -> {
                                acknowledged.incrementAndGet();
                                room.release();
                            },
                            e -> failure.compareAndSet(null, e));
        }
        room.acquire(IN_FLIGHT);
    }

    private void writeTransactions() {
        EventWriter<String> writer = client.writer(COMMITS, Serializers.utf8(), PATIENT);
        for (int number = 0; !stopped; number++) {
            try {
                Transaction<String> transaction = writer.begin().blockingGet();
                for (int part = 0; part < PARTS; part++) {
                    transaction
                            .write("key" + part, number + ":" + part)
                            .ignoreElement()
                            .blockingAwait();
                }
                transaction.commit().blockingAwait();
                committed.add(number);
            } catch (HeadraceException e) {
                // What became of it is not known: all of it is there, or nothing.
            }
        }
    }

    private KeyValueTable<String, String> table() {
        return client.table(TABLE, TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
    }

    private void count() {
        KeyValueTable<String, String> table = table();
        while (!stopped) {
            try {
                TableEntry<String, String> found = table.get(COUNTER).blockingGet();
                countings.incrementAndGet();
                if (found == null) {
                    table.putIfAbsent(COUNTER, "1").ignoreElement().blockingAwait();
                } else {
                    table.putIfVersion(COUNTER, Integer.toString(Integer.parseInt(found.value()) + 1), found.version())
                            .ignoreElement()
                            .blockingAwait();
                }
                counted.incrementAndGet();
            } catch (ConflictException e) {
                throw new AssertionError("nobody else counts", e);
            } catch (HeadraceException e) {
                // It may have been counted or not.
            }
        }
    }

    /** Waits until everything has gone on for a while. */
    void awaitProgress() throws InterruptedException {
        int events = acknowledged.get() + 2_000;
        int transactions = committed.size() + 3;
        int counts = counted.get() + 20;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (acknowledged.get() < events || committed.size() < transactions || counted.get() < counts) {
            Throwable failed = failure.get();
            if (failed != null) {
                throw new AssertionError("traffic failed", failed);
            }
            assertThat(System.nanoTime())
                    .as(
                            "deadline; events %d of %d, transactions %d of %d, counts %d of %d",
                            acknowledged.get(), events, committed.size(), transactions, counted.get(), counts)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Stops writing and checks that everything acknowledged is there, once, in order and whole. */
    void check() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(TimeUnit.MINUTES.toMillis(3));
            assertThat(thread.isAlive()).as("still at work").isFalse();
        }
        assertThat(failure).hasNullValue();
        checkEvents();
        checkTransactions();
        String count = table().get(COUNTER).blockingGet().value();
        assertThat(Integer.parseInt(count)).isBetween(counted.get(), countings.get());
    }

    private void checkEvents() {
        Map<String, Integer> next = new HashMap<>();
        for (String event : read(EVENTS)) {
            String[] parts = event.split(":", -1);
            int expected = next.merge(parts[0], 1, Integer::sum) - 1;
            assertThat(parts[1]).as("next event of key %s", parts[0]).isEqualTo(Integer.toString(expected));
        }
        int total = next.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(total).isEqualTo(acknowledged.get()).isEqualTo(written.get());
    }

    private void checkTransactions() {
        Map<Integer, List<String>> parts = new TreeMap<>();
        for (String event : read(COMMITS)) {
            String[] numbers = event.split(":", -1);
            parts.computeIfAbsent(Integer.parseInt(numbers[0]), number -> new ArrayList<>())
                    .add(numbers[1]);
        }
        parts.forEach((number, found) ->
                assertThat(found).as("transaction %d", number).containsExactlyInAnyOrder("0", "1", "2"));
        assertThat(parts.keySet()).containsAll(committed);
    }

    private List<String> read(StreamName stream) {
        return client.administration()
                .tail(stream)
                .flatMapPublisher(tail ->
                        client.reader(stream, Serializers.utf8()).until(tail).events())
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    @Override
    public void close() {
        stopped = true;
    }
}
