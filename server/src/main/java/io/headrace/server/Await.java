/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting, which only the main thread and the shutdown thread may do. */
final class Await {

    private Await() {}

    /**
     * The result of a future.
     *
     * @param what is waited for, such as {@code opening the partitions}
     * @throws StartException if it failed, with its cause, or did not end in time
     */
    static <T> T result(String what, Future<T> future, Duration limit) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new StartException(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new StartException(what + " took longer than " + limit.toSeconds() + " s", e);
        }
    }
}
