/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A number of bytes that those who publish share. Who finds too few waits its turn: nobody overtakes, so that large messages
 * come through, too. Belongs to the event loop of the HTTP port.
 */
final class ByteBudget {
    private record Waiting(long bytes, Runnable granted) {}

    private final long most;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long used;

    ByteBudget(long most) {
        this.most = most;
    }

    /** Calls {@code granted} when the bytes are taken: now, or in a call of {@link #giveBack}. */
    void take(long bytes, Runnable granted) {
        if (waiting.isEmpty() && fits(bytes)) {
            used += bytes;
            granted.run();
        } else {
            waiting.add(new Waiting(bytes, granted));
        }
    }

    void giveBack(long bytes) {
        used -= bytes;
        while (!waiting.isEmpty() && fits(waiting.element().bytes)) {
            Waiting next = waiting.remove();
            used += next.bytes;
            next.granted.run();
        }
    }

    /** One that is alone may have more than there is: it would wait for ever. */
    private boolean fits(long bytes) {
        return used == 0 || used + bytes <= most;
    }
}
