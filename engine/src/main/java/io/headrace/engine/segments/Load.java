/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * How much is written to a segment: means over the time that it has been measured, in which what is long past counts
 * less, once for each of the windows of {@link LoadOptions}.
 *
 * @param scaleType unit of the rates, as the segment's policy has it: 1 KB/s (of 1,024 bytes), 2 events/s
 * @param shortRate over the shortest window
 * @param mediumRate over the second one
 * @param longRate over the third one
 * @param longestRate over the longest window
 * @param ageMillis how long the segment has been measured
 * @param atMillis when this was true
 * @param silent nothing has been written for so long that nothing more will be reported until something is
 */
public record Load(
        int scaleType,
        double shortRate,
        double mediumRate,
        double longRate,
        double longestRate,
        long ageMillis,
        long atMillis,
        boolean silent) {

    /** Nothing was written for {@code ageMillis}. */
    public static Load silence(int scaleType, long ageMillis, long atMillis) {
        return new Load(scaleType, 0, 0, 0, 0, ageMillis, atMillis, true);
    }
}
