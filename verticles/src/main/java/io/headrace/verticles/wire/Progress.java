/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches that one peer completes what it begins: its first frame, and each later one. Time in which it is this side that
 * does not read is not held against it. On the connection's loop.
 */
final class Progress {
    private final Unfinished node;
    private final WireLimits limits;

    private boolean greeted;
    private boolean waitingForUs;
    private int held;

    /** Since when the peer could have completed what it has begun, by the nano clock. */
    private long since;

    Progress(Unfinished node, WireLimits limits, long now) {
        this.node = node;
        this.limits = limits;
        this.since = now;
    }

    /** Notes that a frame was complete. */
    void completed() {
        greeted = true;
        waitingForUs = true; // until update: the clock starts anew with what is left
        node.completed(this);
    }

    /**
     * Notes how things stand after all complete frames were taken out.
     *
     * @param bytes that are left of an incomplete frame or append
     * @param ours whether more could be there, but is not read because of other bounds
     */
    void update(int bytes, boolean ours, long now) {
        if (bytes != held) {
            node.add(bytes - held);
            held = bytes;
        }
        if (waitingForUs || ours) {
            since = now;
        }
        if (ours) {
            node.completed(this); // others may go on meanwhile
        }
        waitingForUs = ours;
    }

    /** Whether there is room in the node for more of what was begun. */
    boolean mayReceive() {
        return node.mayReceive(this, held > 0);
    }

    /** What the peer has failed to do, or null. */
    @Nullable
    String overdue(long now) {
        if (waitingForUs || (greeted && held == 0)) {
            return null;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(now - since);
        if (!greeted && millis > limits.firstFrameMillis()) {
            return "no command came within " + limits.firstFrameMillis() + " ms";
        }
        if (held > 0 && millis > limits.frameMillis()) {
            return "a command was not complete after " + limits.frameMillis() + " ms";
        }
        if (held > 0 && node.isFull() && millis > limits.crowdedMillis()) {
            return "a command was not complete after " + limits.crowdedMillis()
                    + " ms, and too many others are not, either";
        }
        return null;
    }

    void close() {
        node.add(-held);
        held = 0;
        node.completed(this);
    }
}
