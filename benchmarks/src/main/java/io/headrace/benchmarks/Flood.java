/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import io.headrace.benchmarks.Subject.Writer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Events of one size, with a bound on the bytes that are not acknowledged; by one thread. */
final class Flood {
    /** Bytes of events that are left unacknowledged at most, by all writers of a stream. */
    static final int BYTES = 20_000_000;

    private static final long PATIENCE_SECONDS = 60;

    private final Writer writer;
    private final String[] keys;
    private final byte[] event;
    private final int most;
    private final Semaphore room;
    private final AtomicLong acknowledged;
    private final Runnable onAcknowledged = this::onAcknowledged;
    private long written;

    /**
     * @param keys routing keys, taken by turns
     * @param bytes that are left unacknowledged at most
     * @param acknowledged counts events, those of other writers, too
     */
    Flood(Writer writer, String[] keys, int eventBytes, int bytes, AtomicLong acknowledged) {
        this.writer = writer;
        this.keys = keys;
        this.event = new byte[eventBytes];
        this.most = bytes / eventBytes;
        this.room = new Semaphore(most);
        this.acknowledged = acknowledged;
    }

    /** Writes for as long as there is time; {@code end} as {@link System#nanoTime} tells it. */
    void writeUntil(long end) throws InterruptedException {
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (room.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                writeOne();
            }
        }
    }

    /** Writes so many events. */
    void write(long events) throws InterruptedException {
        for (long i = 0; i < events; i++) {
            if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no event was acknowledged for " + PATIENCE_SECONDS + " seconds");
            }
            writeOne();
        }
    }

    private void writeOne() {
        writer.write(keys[(int) (written++ % keys.length)], event, onAcknowledged);
    }

    /** Waits until all is acknowledged. */
    void finish() throws InterruptedException {
        if (!room.tryAcquire(most, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("events are not acknowledged");
        }
        room.release(most);
    }

    private void onAcknowledged() {
        acknowledged.incrementAndGet();
        room.release();
    }
}
