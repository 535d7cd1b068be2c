/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Brings older frames back into the {@link FrameCache}. Waiters for one frame share one read, what is read at a time is
 * bounded in bytes, and each read goes on to the frames that a sequential reader will want next.
 *
 * <p>A frame may be truncated while it is waited for. Nobody needs it then: waiters are woken and find out for
 * themselves.
 */
final class FrameLoader {
    /** While so much is being read, no read begins. */
    private static final int READING_BYTES = 8 * Partition.READ_AHEAD_BYTES;

    /** Who waits for a frame. */
    interface Waiter {
        void loaded();

        void lost(String reason);
    }

    private final PartitionLog log;
    private final FrameCache cache;
    private final LongSupplier oldestNeeded;
    private final Consumer<Throwable> failed;
    private final Map<Long, List<Waiter>> waiters = new LinkedHashMap<>();
    private final Deque<Wanted> queue = new ArrayDeque<>();
    private int readingBytes;
    private boolean closed;

    /** A read to be made: about so many bytes, from a frame on. */
    private record Wanted(long frame, int bytes) {}

    /** @param oldestNeeded the oldest frame that anyone can still have a use for */
    FrameLoader(PartitionLog log, FrameCache cache, LongSupplier oldestNeeded, Consumer<Throwable> failed) {
        this.log = log;
        this.cache = cache;
        this.oldestNeeded = oldestNeeded;
        this.failed = failed;
    }

    /** Wakes a waiter when a frame is in memory. */
    void load(long frame, Waiter waiter) {
        List<Waiter> others = waiters.get(frame);
        if (others != null) {
            others.add(waiter);
            return;
        }
        waiters.put(frame, new ArrayList<>(List.of(waiter)));
        read(frame, Partition.READ_AHEAD_BYTES);
    }

    /** Begins to bring a frame and those that follow it into memory, about so many bytes; nobody waits for them yet. */
    void prefetch(long frame, int bytes) {
        if (waiters.putIfAbsent(frame, new ArrayList<>()) == null) {
            read(frame, bytes);
        }
    }

    private void read(long frame, int bytes) {
        queue.addLast(new Wanted(frame, bytes));
        readNext();
    }

    void close(String reason) {
        closed = true;
        queue.clear();
        List<List<Waiter>> all = List.copyOf(waiters.values());
        waiters.clear();
        all.forEach(list -> list.forEach(waiter -> waiter.lost(reason)));
    }

    private void readNext() {
        while (readingBytes < READING_BYTES && !queue.isEmpty()) {
            Wanted next = queue.removeFirst();
            if (cache.get(next.frame()) != null || next.frame() < oldestNeeded.getAsLong()) {
                wake(next.frame());
                continue;
            }
            readingBytes += next.bytes();
            log.read(next.frame(), next.bytes(), Callback.of(read -> loaded(next, read), cause -> failed(next, cause)));
        }
    }

    private void loaded(Wanted wanted, List<ByteBuf> read) {
        readingBytes -= wanted.bytes();
        if (closed) {
            read.forEach(ByteBuf::release);
            return;
        }
        long number = wanted.frame();
        try {
            for (ByteBuf bytes : read) {
                Frame.verify(bytes, number++);
            }
        } catch (RuntimeException e) {
            read.forEach(ByteBuf::release);
            failed.accept(e);
            return;
        }
        number = wanted.frame();
        for (ByteBuf bytes : read) {
            // Offsets in a frame count from its first byte.
            cache.addRead(number++, bytes.readerIndex() == 0 ? bytes : bytes.slice());
        }
        wake(wanted.frame());
        readNext();
    }

    private void failed(Wanted wanted, Throwable cause) {
        readingBytes -= wanted.bytes();
        if (closed) {
            return;
        }
        if (wanted.frame() < oldestNeeded.getAsLong()) {
            wake(wanted.frame());
            readNext();
        } else {
            failed.accept(cause);
        }
    }

    private void wake(long frame) {
        List<Waiter> woken = waiters.remove(frame);
        if (woken != null) {
            woken.forEach(Waiter::loaded);
        }
    }
}
