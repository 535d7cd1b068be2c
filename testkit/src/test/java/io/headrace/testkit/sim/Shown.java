/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import java.util.TreeMap;

/**
 * A number that only grows, as owners of one partition have shown it. An owner must know all that it or any owner before
 * it has shown; a former owner need not know what came after it.
 */
final class Shown {
    private final TreeMap<Long, Long> byEpoch = new TreeMap<>();

    void show(long epoch, long value) {
        byEpoch.merge(epoch, value, Math::max);
    }

    /** What an owner of this epoch must at least know; 0 if nothing was shown. */
    long atLeast(long epoch) {
        long most = 0;
        for (long value : byEpoch.headMap(epoch, true).values()) {
            most = Math.max(most, value);
        }
        return most;
    }

    /** What anyone was ever shown. */
    long most() {
        return atLeast(Long.MAX_VALUE);
    }
}
