/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * How the load of segments is measured; all times in milliseconds.
 *
 * @param tickMillis what is written within one tick counts as spread over it: the resolution of all rates
 * @param shortMillis window of the rate that follows a burst
 * @param mediumMillis second window
 * @param longMillis third window
 * @param longestMillis window of the rate that says that a load is low for good
 * @param reportMillis the least time between two reports of one segment
 * @param idleMillis a segment that was not written to for so long is reported as silent and no longer measured
 */
public record LoadOptions(
        long tickMillis,
        long shortMillis,
        long mediumMillis,
        long longMillis,
        long longestMillis,
        long reportMillis,
        long idleMillis) {

    /** The fastest pace: a tick is then a few milliseconds. */
    public static final int MAX_PACE = 600;

    public static final LoadOptions DEFAULT = atPace(1);

    public LoadOptions {
        if (tickMillis < 1 || shortMillis < tickMillis || mediumMillis < shortMillis) {
            throw new IllegalArgumentException("a tick is at least 1 ms, and windows grow from at least one tick");
        }
        if (longMillis < mediumMillis || longestMillis < longMillis || reportMillis < 1 || idleMillis < reportMillis) {
            throw new IllegalArgumentException("windows grow, and silence is longer than the time between reports");
        }
    }

    /**
     * The usual times, all of them divided by {@code pace}.
     *
     * @param pace 1 to {@link #MAX_PACE}
     */
    public static LoadOptions atPace(int pace) {
        if (pace < 1 || pace > MAX_PACE) {
            throw new IllegalArgumentException("the pace is " + pace + ", must be 1 to " + MAX_PACE);
        }
        long minute = 60_000 / pace;
        return new LoadOptions(5_000 / pace, 2 * minute, 5 * minute, 10 * minute, 20 * minute, 2 * minute, 20 * minute);
    }
}
