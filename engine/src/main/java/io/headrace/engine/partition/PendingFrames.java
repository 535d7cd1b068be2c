/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The frames that are not yet committed, oldest first, each with the outputs that wait for it. A frame is committed when
 * it and all frames before it are durable, and so is the end of the batch that it ends in: what a command did becomes
 * visible as a whole.
 */
final class PendingFrames {

    /** Something that must not leave the partition before its frame is committed. */
    interface Output {
        void release();

        void drop(String reason);
    }

    private static final class Pending {
        final long number;
        final List<Output> outputs = new ArrayList<>(4);
        boolean durable;
        boolean endsInsideBatch;

        Pending(long number) {
            this.number = number;
        }
    }

    private final Deque<Pending> frames = new ArrayDeque<>();
    private long committed;
    private int held;

    PendingFrames(long committed) {
        this.committed = committed;
    }

    long committed() {
        return committed;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Makes {@code output} wait for {@code frame}, or releases it at once if that is committed. */
    void hold(long frame, Output output) {
        if (frame <= committed) {
            output.release();
        } else {
            pending(frame).outputs.add(output);
            held++;
        }
    }

    /** Outputs that wait. */
    int held() {
        return held;
    }

    /** The next frame goes on with a batch that {@code frame} has begun. */
    void endsInsideBatch(long frame) {
        pending(frame).endsInsideBatch = true;
    }

    /** The log has {@code frame}. Returns the outputs that this sets free, in the order in which they were held. */
    List<Output> durable(long frame) {
        pending(frame).durable = true;
        int count = 0;
        int committable = 0;
        for (Pending pending : frames) {
            if (!pending.durable) {
                break;
            }
            count++;
            if (!pending.endsInsideBatch) {
                committable = count;
            }
        }
        if (committable == 0) {
            return List.of();
        }
        List<Output> free = frames.getFirst().outputs;
        committed = frames.removeFirst().number;
        for (int i = 1; i < committable; i++) {
            Pending next = frames.removeFirst();
            committed = next.number;
            free.addAll(next.outputs);
        }
        held -= free.size();
        return free;
    }

    /** Nothing more will be committed. */
    List<Output> drain() {
        List<Output> rest = new ArrayList<>();
        frames.forEach(pending -> rest.addAll(pending.outputs));
        frames.clear();
        held = 0;
        return rest;
    }

    /** Frames are few (the window and what waits behind it), so a walk from the newest beats an index. */
    private Pending pending(long frame) {
        long next = frames.isEmpty() ? committed + 1 : frames.getLast().number + 1;
        for (; next <= frame; next++) {
            frames.addLast(new Pending(next));
        }
        var newestFirst = frames.descendingIterator();
        while (newestFirst.hasNext()) {
            Pending pending = newestFirst.next();
            if (pending.number == frame) {
                return pending;
            }
        }
        throw new IllegalStateException("frame " + frame + " is committed already, up to " + committed);
    }
}
