/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/** How long to wait after failures in a row, so that a storage that is away is asked seldom. */
final class Retry {
    private static final long FIRST_MILLIS = 100;
    private static final int DOUBLINGS = 7;

    private int failures;
    private long until;

    boolean isResting(long now) {
        return now < until;
    }

    boolean isFailing() {
        return failures > 0;
    }

    void failed(long now) {
        until = now + (FIRST_MILLIS << Math.min(failures, DOUBLINGS));
        failures++;
    }

    void succeeded() {
        failures = 0;
        until = 0;
    }
}
