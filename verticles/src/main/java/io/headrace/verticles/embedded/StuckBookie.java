/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.util.function.BooleanSupplier;

/**
 * Notices a bookie that stays read-only although the disk has room. It becomes so when it could not write its cache down, which
 * happens with a disk that is full to the last byte, and nothing but a restart gets it out of that: it comes back by itself only
 * from having found the disk short. On one thread.
 */
final class StuckBookie {
    /** Longer than it takes to notice that there is room again, many times over. */
    private static final int LOOKS = 200;

    private final BooleanSupplier isReadOnly;
    private final BooleanSupplier isShort;
    private final Runnable stuck;
    private int looks;

    /**
     * One bookie.
     *
     * @param stuck told once
     */
    StuckBookie(BooleanSupplier isReadOnly, BooleanSupplier isShort, Runnable stuck) {
        this.isReadOnly = isReadOnly;
        this.isShort = isShort;
        this.stuck = stuck;
    }

    void look() {
        looks = isReadOnly.getAsBoolean() && !isShort.getAsBoolean() ? looks + 1 : 0;
        if (looks == LOOKS) {
            stuck.run();
        }
    }
}
