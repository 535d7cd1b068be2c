/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Event;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Events of some keys, each numbered; of each key all must be there, once, in order. */
final class EventWriting extends Workload {
    private static final int KEYS = 20;
    private static final int IN_FLIGHT = 500;

    private final HeadraceClient client;
    private final StreamName stream;
    private final WriterOptions options;
    private final AtomicInteger written = new AtomicInteger();

    EventWriting(HeadraceClient client, StreamName stream, WriterOptions options) {
        // No segment can stand still while so many events are acknowledged: those in flight would all be its own.
        super("events", 3 * IN_FLIGHT, 1);
        this.client = client;
        this.stream = stream;
        this.options = options;
    }

    @Override
    void begin() {
        run(this::write);
    }

    private void write() throws InterruptedException {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8(), options);
        Semaphore room = new Semaphore(IN_FLIGHT);
        while (!isStopped()) {
            for (int i = 0; i < KEYS; i++) {
                room.acquire();
                int number = written.getAndIncrement();
                var unused = writer.write("key" + number % KEYS, number % KEYS + ":" + number / KEYS)
                        .subscribe(
                                done -> {
                                    succeeded();
                                    room.release();
                                },
                                this::broken);
            }
            pause(10);
        }
        room.acquire(IN_FLIGHT);
    }

    /** How many there are; grows until this has ended. */
    int written() {
        return written.get();
    }

    @Override
    void check() {
        Order order = new Order();
        read(client, stream).forEach(order::next);
        assertThat(order.count()).isEqualTo(written.get()).isEqualTo((int) successes());
    }

    static List<String> read(HeadraceClient client, StreamName stream) {
        return client.administration()
                .tail(stream)
                .flatMapPublisher(tail ->
                        client.reader(stream, Serializers.utf8()).until(tail).events())
                .map(Event::value)
                .toList()
                .blockingGet();
    }

    /** The numbers of each key come one after the other. */
    static final class Order {
        private final Map<String, Integer> next = new HashMap<>();
        private int count;

        synchronized void next(String event) {
            String[] parts = event.split(":", -1);
            int expected = next.merge(parts[0], 1, Integer::sum) - 1;
            assertThat(parts[1]).as("next event of key %s", parts[0]).isEqualTo(Integer.toString(expected));
            count++;
        }

        synchronized int count() {
            return count;
        }
    }
}
