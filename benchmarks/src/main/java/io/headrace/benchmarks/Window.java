/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.pravega.client.stream.EventStreamWriter;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes events of one size, and leaves a limited number of bytes unacknowledged. For one thread. */
final class Window {
    /** Bytes of events that are left unacknowledged at most. */
    private static final int BYTES = 20_000_000;

    private final EventStreamWriter<byte[]> writer;
    private final byte[] event;
    private final int size;
    private final Semaphore room;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();

    Window(EventStreamWriter<byte[]> writer, int eventBytes) {
        this.writer = writer;
        this.event = new byte[eventBytes];
        this.size = BYTES / eventBytes;
        this.room = new Semaphore(size);
    }

    /** Writes an event, unless there is no room for it before the given time has passed. */
    void write(long nanos) throws InterruptedException {
        if (room.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            var unused = writer.writeEvent("key", event).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed.compareAndSet(null, failure);
                }
                acknowledged.incrementAndGet();
                room.release();
            });
        }
    }

    /** Events that were acknowledged so far. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** Waits until all is acknowledged. */
    void finish() throws InterruptedException {
        if (!room.tryAcquire(size, Client.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("events are not acknowledged");
        }
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("an event was not written", failure);
        }
    }
}
