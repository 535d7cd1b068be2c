/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import io.pravega.client.segment.impl.SegmentOutputStream;
import io.pravega.client.segment.impl.SegmentSealedException;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.impl.SegmentSelector;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A writer of the published client that can be closed while its stream scales.
 *
 * <p>The published one cannot: a thread of its own moves what a replaced segment has not acknowledged to the successors,
 * and {@code close()} waits for that without keeping it from being done. If it closes a successor before that thread comes to
 * write there, the thread gives up and leaves the replaced segment where it is, which {@code close()} then tries to close
 * again and again, without a pause, a line of the log for each time. Here it is closed while that thread has nothing to do
 * and is kept out by its own lock.
 */
final class PublishedWriter<T> implements EventStreamWriter<T> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EventStreamWriter<T> writer;
    private final Object flushing;
    private final Object sealing;
    private final SegmentSelector segments;
    private final ThreadPoolExecutor moving;

    PublishedWriter(EventStreamWriter<T> writer) {
        this.writer = writer;
        flushing = part("writeFlushLock");
        sealing = part("writeSealLock");
        segments = (SegmentSelector) part("selector");
        moving = (ThreadPoolExecutor) part("retransmitPool");
    }

    private Object part(String name) {
        try {
            Field field = writer.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(writer);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Not the published client of version 0.13.0?", e);
        }
    }

    @Override
    public CompletableFuture<Void> writeEvent(T event) {
        return writer.writeEvent(event);
    }

    @Override
    public CompletableFuture<Void> writeEvent(String routingKey, T event) {
        return writer.writeEvent(routingKey, event);
    }

    @Override
    public CompletableFuture<Void> writeEvents(String routingKey, List<T> events) {
        return writer.writeEvents(routingKey, events);
    }

    @Override
    public EventWriterConfig getConfig() {
        return writer.getConfig();
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public void noteTime(long timestamp) {
        writer.noteTime(timestamp);
    }

    @Override
    public void close() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!closedInPeace()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "A writer still has events for a segment that was replaced: " + segments);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Closes it, unless something has still to be moved to the successors of a segment. */
    private boolean closedInPeace() {
        synchronized (flushing) {
            synchronized (sealing) {
                try {
                    for (SegmentOutputStream segment : segments.getWriters().values()) {
                        segment.flush();
                    }
                } catch (SegmentSealedException e) {
                    return false;
                }
                if (moving.getActiveCount() > 0 || !moving.getQueue().isEmpty()) {
                    return false;
                }
                writer.close();
                return true;
            }
        }
    }
}
