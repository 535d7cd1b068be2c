/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.Future;
import java.net.BindException;
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
     * @param what names it in messages, such as {@code the partitions}
     * @throws StartException if it failed or did not end in time
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

    /**
     * The result of listening on a port.
     *
     * @param setting the one that says which port
     */
    static <T> T listening(String setting, String host, int port, Future<T> future, Duration limit)
            throws InterruptedException {
        try {
            return result("listening on port " + port, future, limit);
        } catch (StartException e) {
            if (e.getCause() instanceof BindException cause) {
                throw new StartException(
                        "cannot listen on port " + port + " of " + host + " (" + cause.getMessage()
                                + "): stop the program that has it, or choose another port with --" + setting,
                        cause);
            }
            throw e;
        }
    }
}
