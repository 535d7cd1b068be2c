/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.loop;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next attempt: twice as long each time, with some chance in it so that clients spread. */
public final class Backoff {
    private static final long FIRST_MILLIS = 10;
    private static final long MAX_MILLIS = 500;

    private long nextMillis = FIRST_MILLIS;

    public Duration next() {
        long limit = nextMillis;
        nextMillis = Math.min(MAX_MILLIS, 2 * limit);
        return Duration.ofMillis(limit / 2 + ThreadLocalRandom.current().nextLong(limit / 2 + 1));
    }

    /** An attempt has succeeded. */
    public void reset() {
        nextMillis = FIRST_MILLIS;
    }
}
