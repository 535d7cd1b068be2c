/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.revision;

import io.headrace.client.OverloadedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Does things one after another, in the order in which they came. On a loop. */
final class OneAtATime {
    private static final int MAX_WAITING = 1000;

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    /** Fails with {@link OverloadedException} if too much waits already. */
    <R> Future<R> run(Supplier<Future<R>> action) {
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(new OverloadedException(MAX_WAITING + " calls wait already"));
        }
        Promise<R> promise = Promise.promise();
        waiting.add(() -> begin(action, promise));
        next();
        return promise.future();
    }

    private void next() {
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            waiting.remove().run();
        }
    }

    private <R> void begin(Supplier<Future<R>> action, Promise<R> promise) {
        Future<R> begun;
        try {
            begun = action.get();
        } catch (RuntimeException e) {
            begun = Future.failedFuture(e);
        }
        begun.onComplete(
                result -> {
                    promise.tryComplete(result);
                    end();
                },
                cause -> {
                    promise.tryFail(cause);
                    end();
                });
    }

    private void end() {
        busy = false;
        next();
    }
}
