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
 * Brings older frames back into the {@link FrameCache}. Waiters for one frame share one read, the number of reads at a
 * time is bounded, and each read goes on to the frames that a sequential reader will want next.
 *
 * <p>A frame may be truncated while it is waited for. Nobody needs it then: waiters are woken and find out for
 * themselves.
 */
final class FrameLoader {
    private static final int READS_MAX = 8;

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
    private final Deque<Long> queue = new ArrayDeque<>();
    private int reading;
    private boolean closed;

    /** @param oldestNeeded the oldest frame that anyone can still have a use for */
    FrameLoader(PartitionLog log, FrameCache cache, LongSupplier oldestNeeded, Consumer<Throwable> failed) {
        this.log = log;
        this.cache = cache;
        this.oldestNeeded = oldestNeeded;
        this.failed = failed;
    }

    void load(long frame, Waiter waiter) {
        List<Waiter> others = waiters.get(frame);
        if (others != null) {
            others.add(waiter);
            return;
        }
        waiters.put(frame, new ArrayList<>(List.of(waiter)));
        queue.addLast(frame);
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
        while (reading < READS_MAX && !queue.isEmpty()) {
            long frame = queue.removeFirst();
            if (cache.get(frame) != null || frame < oldestNeeded.getAsLong()) {
                wake(frame);
                continue;
            }
            reading++;
            log.read(
                    frame,
                    Partition.READ_AHEAD_BYTES,
                    Callback.of(read -> loaded(frame, read), cause -> failed(frame, cause)));
        }
    }

    private void loaded(long frame, List<ByteBuf> read) {
        reading--;
        if (closed) {
            read.forEach(ByteBuf::release);
            return;
        }
        long number = frame;
        try {
            for (ByteBuf bytes : read) {
                Frame.verify(bytes, number++);
            }
        } catch (RuntimeException e) {
            read.forEach(ByteBuf::release);
            failed.accept(e);
            return;
        }
        number = frame;
        for (ByteBuf bytes : read) {
            // Offsets in a frame count from its first byte.
            cache.addRead(number++, bytes.readerIndex() == 0 ? bytes : bytes.slice());
        }
        wake(frame);
        readNext();
    }

    private void failed(long frame, Throwable cause) {
        reading--;
        if (closed) {
            return;
        }
        if (frame < oldestNeeded.getAsLong()) {
            wake(frame);
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
