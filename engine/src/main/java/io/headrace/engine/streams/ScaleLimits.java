/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.LoadOptions;

/**
 * When load changes the number of segments: every threshold of automatic scaling stands here. Rates are compared with
 * the target rate of the stream's policy.
 *
 * @param measured windows of the rates: a rate is trusted when the segment has been measured for longer than its window
 * @param coolDownMillis a segment that has been measured for no longer than this is left alone, so that one change can
 *     show its effect before the next
 * @param coldMillis how long a segment counts as cold after its load was found to be low, and how long that is not
 *     written down again
 * @param validMillis age at which a report is too old to act on
 */
public record ScaleLimits(LoadOptions measured, long coolDownMillis, long coldMillis, long validMillis) {

    /** A load this many times the target over the shortest window is a burst that cannot wait. */
    public static final double SHORT_FACTOR = 5;

    /** The same over the second window. */
    public static final double MEDIUM_FACTOR = 2;

    /** Over the third window any load above the target is there to stay; below it over all three the load is low. */
    public static final double LONG_FACTOR = 1;

    /**
     * The load is low for good if it is also below half the target over the longest window: two such segments merged
     * are not above the target.
     */
    public static final double LOW_FACTOR = 0.5;

    /** Most neighbours that one merge makes one of. */
    public static final int MAX_MERGED = 3;

    public static final ScaleLimits DEFAULT = atPace(1);

    /** The usual times, all of them divided by {@code pace}, as {@link LoadOptions#atPace} does it. */
    public static ScaleLimits atPace(int pace) {
        LoadOptions measured = LoadOptions.atPace(pace);
        long tenMinutes = measured.longMillis();
        return new ScaleLimits(measured, tenMinutes, tenMinutes, tenMinutes);
    }

    /** Time until a segment is no longer left alone; 0 if it is not. */
    public long coolDownLeft(Load load) {
        return load.silent() ? 0 : Math.max(0, coolDownMillis - load.ageMillis());
    }
}
