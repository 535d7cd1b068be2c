/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventStreamReader;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** What readers have seen: for each key the numbers must come one after the other, none twice, none left out. */
final class KeyOrder {
    private final int[] next;
    private final AtomicLong count = new AtomicLong();

    KeyOrder(int keys) {
        this.next = new int[keys];
    }

    long count() {
        return count.get();
    }

    /** Reads until all readers together have {@code total} events. */
    void read(EventStreamReader<String> reader, long total) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (count.get() < total) {
            assertThat(System.nanoTime()).as("%s of %s events", count, total).isLessThan(deadline);
            String event = reader.readNextEvent(500).getEvent();
            if (event != null) {
                add(event);
            }
        }
    }

    /** Reads as long as the condition holds. */
    void readWhile(EventStreamReader<String> reader, BooleanSupplier condition) {
        while (condition.getAsBoolean()) {
            readOnce(reader);
        }
    }

    /** Reads one event, if there is one at hand. */
    void readOnce(EventStreamReader<String> reader) {
        String event = reader.readNextEvent(10).getEvent();
        if (event != null) {
            add(event);
        }
    }

    private synchronized void add(String event) {
        int end = event.indexOf('#');
        int key = Integer.parseInt(event.substring(0, end));
        int number = Integer.parseInt(event.substring(end + 1, event.indexOf('#', end + 1)));
        assertThat(number).as("number of key %s", key).isEqualTo(next[key]);
        next[key]++;
        count.incrementAndGet();
    }

    /** Number of events of a key. */
    synchronized int count(int key) {
        return next[key];
    }

    synchronized void assertComplete(KeyWriter writer) {
        assertThat(next).isEqualTo(writer.written);
    }

    /** As {@link #assertComplete}, of the keys that the writer wrote. */
    synchronized void assertContains(KeyWriter writer) {
        for (int key = 0; key < next.length; key++) {
            if (writer.written[key] > 0) {
                assertThat(next[key]).as("events of key %s", key).isEqualTo(writer.written[key]);
            }
        }
        assertThat(Arrays.stream(writer.written).sum()).isPositive();
    }
}
