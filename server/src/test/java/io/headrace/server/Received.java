/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.util.concurrent.TimeUnit;

/** Waiting for what a subscriber will get: its own {@code awaitCount} gives up after five seconds. */
public final class Received {
    private static final long PATIENCE_SECONDS = 60;

    private Received() {}

    /** Returns the subscriber once it has so many values, or has got all that it will. */
    public static <S extends TestSubscriber<?>> S await(S subscriber, int count) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (subscriber.values().size() < count && !subscriber.await(10, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > endNanos) {
                    throw new AssertionError(subscriber.values().size() + " of " + count + " values after "
                            + PATIENCE_SECONDS + " seconds");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return subscriber;
    }
}
