/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.pravega.client.stream.EventStreamWriter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Writes {@code key#number} with numbers counted up for each key; one thread. */
final class KeyWriter {
    private static final int EVENT_LENGTH = 100;
    private static final int IN_FLIGHT = 50_000;

    private final EventStreamWriter<String> writer;
    final int[] written;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();

    KeyWriter(EventStreamWriter<String> writer, int keys) {
        this.writer = writer;
        this.written = new int[keys];
    }

    void write(int key) throws InterruptedException {
        room.acquire();
        String event = key + "#" + written[key]++ + "#";
        var unused = writer.writeEvent("key-" + key, event + "x".repeat(EVENT_LENGTH - event.length()))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failures.incrementAndGet();
                    }
                    room.release();
                });
    }

    /** One event for each key, so many times. */
    void writeRounds(int rounds) throws InterruptedException {
        for (int i = 0; i < rounds * written.length; i++) {
            write(i % written.length);
        }
    }

    /** Waits until all is counted, too: the client's own flush ends before it has told of the last events. */
    void flush() {
        writer.flush();
        room.acquireUninterruptibly(IN_FLIGHT);
        room.release(IN_FLIGHT);
        assertThat(failures).hasValue(0);
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Waits until {@code count} events are acknowledged; fails as soon as the writing task does. */
    void awaitAcknowledged(long count, Future<?> writing) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (acknowledged.get() < count) {
            assertThat(System.nanoTime()).as("acknowledgements come").isLessThan(deadline);
            try {
                writing.get(10, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // It writes on.
            }
        }
    }
}
