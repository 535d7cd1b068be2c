/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.loop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * What one subscriber has asked for, and the turns of the loop in which it gets that. The subscriber asks on any thread; all
 * else happens on the loop, and all signals are sent from there.
 */
public abstract class Emission<T> implements Subscription {
    /** A turn of the loop is short, whatever was asked for. */
    private static final int MAX_PER_TURN = 1000;

    private final Loop loop;
    private final Subscriber<? super T> subscriber;
    private final AtomicLong wanted = new AtomicLong();
    private final AtomicBoolean turnScheduled = new AtomicBoolean();
    private volatile boolean done;
    private boolean inTurn;

    protected Emission(Loop loop, Subscriber<? super T> subscriber) {
        this.loop = loop;
        this.subscriber = subscriber;
    }

    /** Called once, unless the subscriber has cancelled before. */
    protected abstract void start();

    /** Whether there is something to emit. */
    protected abstract boolean hasNext();

    /** Hands what is next to {@link #emit}, or finds that there is nothing after all. What it throws fails all. */
    protected abstract void emitNext();

    /** The end of a turn: the time to ask for more if something {@link #isWanted}, and to see whether all has been emitted. */
    protected abstract void feed();

    /** Lets go of everything. Called when nothing is emitted any more, even if it has not started. */
    protected abstract void end();

    /** Begins to serve the subscriber. By any thread. */
    protected final void begin() {
        subscriber.onSubscribe(this);
        if (loop.hasEnded()) {
            fail(Loop.closed());
        }
        loop.execute(() -> {
            if (!done) {
                start();
            }
        });
    }

    @Override
    public final void request(long number) {
        if (number <= 0) {
            loop.execute(() -> fail(new IllegalArgumentException("asked for " + number + " (rule 3.9)")));
            return;
        }
        wanted.getAndAccumulate(number, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        wake();
    }

    @Override
    public final void cancel() {
        if (!done) {
            done = true;
            loop.execute(this::end);
        }
    }

    /** Whether nothing is emitted any more. */
    public final boolean isDone() {
        return done;
    }

    /** How many were asked for and not emitted. */
    public final long wanted() {
        return wanted.get();
    }

    public final boolean isWanted() {
        return !done && wanted.get() > 0;
    }

    /** Sees to it that there is a turn, unless this is one. */
    public final void wake() {
        if (!loop.inLoop() || !inTurn) {
            scheduleTurn();
        }
    }

    /** Sees to it that there is another turn. */
    public final void scheduleTurn() {
        if (turnScheduled.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    private void turn() {
        turnScheduled.set(false);
        inTurn = true;
        try {
            int left = MAX_PER_TURN;
            while (isWanted() && hasNext()) {
                if (left-- == 0) {
                    scheduleTurn();
                    break;
                }
                emitNext();
            }
            if (!done) {
                feed();
            }
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            inTurn = false;
        }
    }

    /** Emits something that is wanted. */
    protected final void emit(T item) {
        wanted.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
        subscriber.onNext(item);
    }

    /** All was emitted. */
    protected final void complete() {
        if (!done) {
            done = true;
            end();
            subscriber.onComplete();
        }
    }

    public final void fail(Throwable cause) {
        if (!done) {
            done = true;
            end();
            subscriber.onError(cause);
        }
    }
}
