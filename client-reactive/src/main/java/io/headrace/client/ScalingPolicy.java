/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

/** How the number of segments of a stream follows its load. */
public sealed interface ScalingPolicy {

    /** Number of segments at first, and the fewest that there may be later; above 0. */
    int minSegments();

    /** The number changes only when somebody asks for it. */
    record Fixed(int minSegments) implements ScalingPolicy {
        public Fixed {
            checkPositive(minSegments, "number of segments");
        }
    }

    /**
     * A segment with more events than that is split, cold neighbours are merged.
     *
     * @param eventsPerSecond that one segment is meant to take
     * @param splitInto how many segments take the place of a hot one, 2 or more
     */
    record ByEventRate(int eventsPerSecond, int splitInto, int minSegments) implements ScalingPolicy {
        public ByEventRate {
            checkRate(eventsPerSecond, splitInto, minSegments);
        }
    }

    /**
     * A segment with more data than that is split, cold neighbours are merged.
     *
     * @param kibibytesPerSecond that one segment is meant to take
     * @param splitInto how many segments take the place of a hot one, 2 or more
     */
    record ByDataRate(int kibibytesPerSecond, int splitInto, int minSegments) implements ScalingPolicy {
        public ByDataRate {
            checkRate(kibibytesPerSecond, splitInto, minSegments);
        }
    }

    private static void checkRate(int rate, int splitInto, int minSegments) {
        checkPositive(rate, "rate");
        checkPositive(splitInto - 1, "number of pieces less one");
        checkPositive(minSegments, "number of segments");
    }

    private static void checkPositive(int value, String what) {
        if (value <= 0) {
            throw new IllegalArgumentException("the " + what + " must be above 0, not " + value);
        }
    }
}
