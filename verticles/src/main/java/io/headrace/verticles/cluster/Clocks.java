/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import java.time.Duration;

/**
 * How far the clocks of two machines are apart. Nothing depends on their agreement for safety; what goes by the clock is as
 * far off as they are.
 */
public final class Clocks {
    /** People are told of more. */
    public static final Duration TOLERANCE = Duration.ofSeconds(5);

    private Clocks() {}

    /** Whether a clock is so far ahead, or with a negative number behind, that people should know. */
    public static boolean differ(long aheadMillis) {
        return Math.abs(aheadMillis) > TOLERANCE.toMillis();
    }

    /** For people, behind the name of a clock. */
    public static String difference(long aheadMillis) {
        return "is " + Math.abs(aheadMillis) / 1_000 + " s " + (aheadMillis < 0 ? "behind" : "ahead of")
                + " ZooKeeper's";
    }
}
