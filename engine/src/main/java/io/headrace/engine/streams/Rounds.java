/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Rota.Place;
import org.jspecify.annotations.Nullable;

/**
 * Goes round a {@link Rota} once a period, as the hand of a clock does. The time of day says where the hand stands, so a
 * new owner goes on where the former one was. Volatile.
 */
final class Rounds {
    private final long periodMillis;
    private long round = Long.MIN_VALUE;
    private Place last = Place.before(0);

    /** @param periodMillis 1 ms to 2^31 - 1 ms */
    Rounds(long periodMillis) {
        if (periodMillis < 1 || periodMillis > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a period has 1 to 2^31 - 1 ms, not " + periodMillis);
        }
        this.periodMillis = periodMillis;
    }

    /**
     * The next stream whose time has come; null if there is none. A hand that is more than a whole round late, or that
     * the clock was set back for, starts again at the present time.
     */
    @Nullable
    StreamName next(Rota rota, long nowMillis) {
        long now = Math.floorDiv(nowMillis, periodMillis);
        if (round < now - 1 || round > now) {
            round = now;
            last = Place.before((Math.floorMod(nowMillis, periodMillis) * Rota.FACE) / periodMillis);
        }
        Place next = rota.after(last);
        if (next == null && round < now) {
            round++;
            last = Place.before(0);
            next = rota.after(last);
        }
        if (next == null || round * periodMillis + next.at() * periodMillis / Rota.FACE > nowMillis) {
            return null;
        }
        last = next;
        return next.stream();
    }
}
