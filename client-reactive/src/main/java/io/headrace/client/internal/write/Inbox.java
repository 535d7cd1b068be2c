/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from any thread to the loop, in order. They are linked to each other: nothing is made for one, and
 * threads that offer meet only each other.
 */
final class Inbox {
    /** Linked backwards. */
    private final AtomicReference<@Nullable PendingEvent> newest = new AtomicReference<>();

    /** Taken by the loop and linked forwards; older than all others. */
    private @Nullable PendingEvent oldest;

    /** Whether it was the first one since the loop has last taken all: then the loop has to be told. By any thread. */
    boolean offer(PendingEvent event) {
        PendingEvent before;
        do {
            before = newest.get();
            event.link(before);
        } while (!newest.compareAndSet(before, event));
        return before == null;
    }

    /** The oldest one; null if there is none. */
    @Nullable
    PendingEvent poll() {
        PendingEvent event = oldest;
        if (event == null) {
            event = reversed(newest.getAndSet(null));
        }
        if (event != null) {
            oldest = event.unlink();
        }
        return event;
    }

    /** Whether some were taken by the loop and not polled. */
    boolean hasRest() {
        return oldest != null;
    }

    private static @Nullable PendingEvent reversed(@Nullable PendingEvent backwards) {
        PendingEvent forwards = null;
        for (PendingEvent event = backwards; event != null; ) {
            PendingEvent before = event.unlink();
            event.link(forwards);
            forwards = event;
            event = before;
        }
        return forwards;
    }
}
