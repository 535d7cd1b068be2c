/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.loop;

import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.function.Supplier;

/** One event loop. What is bound to it is touched on it only, which {@link #check} sees to. */
public final class Loop {
    private final ContextInternal context;

    Loop(ContextInternal context) {
        this.context = context;
    }

    /** Runs {@code task} in a later turn of this loop. May be called by any thread. */
    public void execute(Runnable task) {
        context.runOnContext(nothing -> task.run());
    }

    public boolean inLoop() {
        return context.nettyEventLoop().inEventLoop();
    }

    /** Sees to it that the caller is on this loop: anything else is a mistake in this module. */
    public void check() {
        if (!inLoop()) {
            throw new IllegalStateException("to be called on its event loop, not by " + Thread.currentThread());
        }
    }

    /** Runs {@code task} on this loop after {@code delay}, which is at least a millisecond, unless it is cancelled before. */
    public Timer after(Duration delay, Runnable task) {
        check();
        long id = context.setTimer(Math.max(1, delay.toMillis()), fired -> task.run());
        return () -> context.owner().cancelTimer(id);
    }

    /** Asks on this loop, each time that somebody subscribes. */
    public <T> Single<T> single(Supplier<Future<T>> question) {
        return Single.create(answer -> execute(() -> question.get().onComplete(answer::onSuccess, answer::tryOnError)));
    }

    /** The same, where all that matters is whether it succeeds. */
    public Completable completable(Supplier<Future<Void>> question) {
        return Completable.create(
                answer -> execute(() -> question.get().onComplete(done -> answer.onComplete(), answer::tryOnError)));
    }

    /** Something that is going to happen later. */
    @FunctionalInterface
    public interface Timer {
        /** Sees to it that it does not happen, unless it has. */
        void cancel();
    }
}
