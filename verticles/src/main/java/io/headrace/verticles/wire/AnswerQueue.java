/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of answers from partitions to a connection: many loops add, one takes all. Bounded by what the connection has
 * asked for, since each request is answered once.
 */
final class AnswerQueue {

    /** Something that happened to a request; an element of one queue, once. */
    abstract static class Answer {
        private @Nullable Answer next;

        /** Passes the answer on to the peer; on the connection's loop. */
        abstract void deliver();

        /** The connection is gone: lets go of what the answer holds. On any thread. */
        abstract void discard();
    }

    private static final Answer CLOSED = new Answer() {
        @Override
        void deliver() {}

        @Override
        void discard() {}
    };

    /** A stack: the newest answer first. */
    private final AtomicReference<@Nullable Answer> newest = new AtomicReference<>();

    /** Adds an answer, or discards it if the queue is closed. True if the taker must be woken up. */
    boolean add(Answer answer) {
        while (true) {
            Answer head = newest.get();
            if (head == CLOSED) {
                answer.discard();
                return false;
            }
            answer.next = head;
            if (newest.compareAndSet(head, answer)) {
                return head == null;
            }
        }
    }

    /**
     * Takes all answers and delivers them, each producer's in its order.
     *
     * @param failed receives what a delivery throws; the others are delivered all the same
     */
    void deliverAll(Consumer<RuntimeException> failed) {
        Answer taken = newest.get();
        while (taken != null && taken != CLOSED && !newest.compareAndSet(taken, null)) {
            taken = newest.get();
        }
        if (taken == CLOSED) {
            return;
        }
        for (Answer answer = reverse(taken); answer != null; ) {
            Answer following = answer.next;
            answer.next = null;
            deliver(answer, failed);
            answer = following;
        }
    }

    private void deliver(Answer answer, Consumer<RuntimeException> failed) {
        if (newest.get() == CLOSED) {
            answer.discard();
            return;
        }
        try {
            answer.deliver();
        } catch (RuntimeException e) {
            failed.accept(e);
        }
    }

    /** Discards what is in the queue and whatever comes later. */
    void close() {
        Answer answer = newest.getAndSet(CLOSED);
        while (answer != null) {
            Answer following = answer.next;
            answer.discard();
            answer = following;
        }
    }

    private static @Nullable Answer reverse(@Nullable Answer newestFirst) {
        Answer oldestFirst = null;
        for (Answer answer = newestFirst; answer != null; ) {
            Answer following = answer.next;
            answer.next = oldestFirst;
            oldestFirst = answer;
            answer = following;
        }
        return oldestFirst;
    }
}
