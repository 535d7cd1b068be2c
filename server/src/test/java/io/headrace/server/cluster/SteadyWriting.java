/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Events of many keys, written at a steady pace into all segments of a stream; knows how long they wait. */
final class SteadyWriting implements AutoCloseable {
    private static final int SEGMENTS = 16;
    private static final int KEYS = 200;
    private static final int MOST_IN_FLIGHT = 20_000;
    private static final long LIMIT_SECONDS = 180;

    private final StreamName stream;
    private final EventWriter<String> writer;
    private final String padding;
    private final long pauseNanos;
    private final Thread thread = new Thread(this::write, "steady-writing");
    private final Semaphore room = new Semaphore(MOST_IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong longestWait = new AtomicLong();

    /** When the newest event of a key that was acknowledged had been written. */
    private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);

    private volatile boolean stopped;

    private SteadyWriting(HeadraceClient client, StreamName stream, int bytes, int perSecond) {
        this.stream = stream;
        padding = "x".repeat(bytes);
        pauseNanos = TimeUnit.SECONDS.toNanos(KEYS) / perSecond;
        writer = client.writer(
                stream, Serializers.utf8(), WriterOptions.defaults().withDeadline(Duration.ofMinutes(3)));
    }

    /** Begins to write events of this size, so many a second, into a new stream. */
    static SteadyWriting begin(HeadraceClient client, String name, int bytes, int perSecond) {
        StreamName stream = new StreamName("figures", name);
        var administration = client.administration();
        administration
                .createScope(stream.scope())
                .ignoreElement()
                .andThen(administration.createStream(stream, StreamConfiguration.fixed(SEGMENTS)))
                .ignoreElement()
                .blockingAwait();
        SteadyWriting writing = new SteadyWriting(client, stream, bytes, perSecond);
        writing.thread.setDaemon(true);
        writing.thread.start();
        return writing;
    }

    private void write() {
        long next = System.nanoTime();
        while (!stopped) {
            for (int i = 0; i < KEYS; i++) {
                int key = i;
                long written = System.nanoTime();
                room.acquireUninterruptibly();
                var unused = writer.write("key" + key, padding).subscribe(same -> done(key, written), this::failed);
            }
            next += pauseNanos;
            LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
        }
    }

    private void done(int key, long written) {
        room.release();
        acknowledged.set(key, written);
        longestWait.accumulateAndGet(System.nanoTime() - written, Math::max);
    }

    private void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
        room.release();
    }

    /** Writes this many bytes as fast as they are taken. */
    void fill(HeadraceClient client, long bytes) throws InterruptedException {
        EventWriter<String> fast = client.writer(stream, Serializers.utf8());
        String event = "x".repeat(8 << 10);
        Semaphore ahead = new Semaphore(500);
        for (long done = 0; done < bytes; done += event.length()) {
            ahead.acquire();
            var unused = fast.write("key" + done / event.length() % KEYS, event)
                    .subscribe(same -> ahead.release(), cause -> {
                        failed(cause);
                        ahead.release();
                    });
        }
        ahead.acquire(500);
    }

    /** Waits until an event of each key is acknowledged that was written after a moment; how long that was, in ms. */
    long millisUntilAllAcknowledged(long since) throws InterruptedException {
        for (int key = 0; key < KEYS; key++) {
            while (acknowledged.get(key) - since < 0) {
                Throwable cause = failure.get();
                if (cause != null || System.nanoTime() - since > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                    throw new IllegalStateException("events are not acknowledged", cause);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }

    void forgetWaits() {
        longestWait.set(0);
    }

    /** How long an event waited for its acknowledgement, at most, in milliseconds. */
    long longestWaitMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestWait.get());
    }

    @Override
    public void close() {
        stopped = true;
    }
}
