/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes events at a rate, or as fast as they become durable. An event's time counts from when it was due, whether it could be
 * sent then or not: a server that stops for a while is not made to look good by that.
 */
final class BenchLoad {
    private static final int KEYS = 1_000;
    private static final long NAP_NANOS = 50_000_000;

    private final EventWriter<byte[]> writer;
    private final BenchOptions options;
    private final Semaphore window;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BenchLoad(EventWriter<byte[]> writer, BenchOptions options) {
        this.writer = writer;
        this.options = options;
        this.window = new Semaphore(options.window());
    }

    /**
     * Writes until the time is over and everything is durable. An event begins with the time at which it was due, of {@link
     * System#nanoTime}.
     *
     * @param rate events per second; 0 for as many as go
     * @param written told of each event when it is durable
     * @param shown ticked meanwhile
     * @return how many were written
     */
    long run(int rate, Duration time, Written written, Meter shown) throws InterruptedException {
        byte[] payload = options.payload();
        long began = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - began < time.toNanos()) {
            long due = rate == 0 ? System.nanoTime() : began + (long) (count * 1e9 / rate);
            awaitDue(due, shown);
            acquire(1, shown);
            long since = rate == 0 ? System.nanoTime() : due;
            byte[] event = payload.clone();
            ByteBuffer.wrap(event).putLong(since);
            var unused = writer.write(Long.toString(count % KEYS), event)
                    .subscribe(
                            durable -> {
                                written.durable(event.length, since);
                                window.release();
                            },
                            failure::set);
            count++;
        }
        acquire(options.window(), shown);
        return count;
    }

    /** Hears of an event that is durable. */
    interface Written {
        void durable(int size, long sinceNanos);
    }

    private static void awaitDue(long due, Meter shown) throws InterruptedException {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, NAP_NANOS));
            shown.tick();
        }
    }

    private void acquire(int permits, Meter shown) throws InterruptedException {
        shown.tick();
        while (!window.tryAcquire(permits, NAP_NANOS, TimeUnit.NANOSECONDS)) {
            shown.tick();
            Throwable cause = failure.get();
            if (cause instanceof HeadraceException known) {
                throw known;
            } else if (cause != null) {
                throw new IllegalStateException(cause);
            }
        }
    }
}
