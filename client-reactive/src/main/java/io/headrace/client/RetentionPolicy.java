/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.time.Duration;

/** How much of the past a stream keeps, whether anybody has read it or not. */
public sealed interface RetentionPolicy {

    /** Everything. */
    record Unlimited() implements RetentionPolicy {}

    /**
     * By age.
     *
     * @param atLeast what is younger is kept
     * @param atMost what is older is deleted although a subscriber may need it; zero for no such bound
     */
    record ByTime(Duration atLeast, Duration atMost) implements RetentionPolicy {
        public ByTime {
            checkBounds(atLeast.toMillis(), atMost.toMillis());
        }

        public ByTime(Duration atLeast) {
            this(atLeast, Duration.ZERO);
        }
    }

    /**
     * By size.
     *
     * @param atLeastBytes that many of the newest bytes are kept
     * @param atMostBytes what is beyond that is deleted although a subscriber may need it; 0 for no such bound
     */
    record BySize(long atLeastBytes, long atMostBytes) implements RetentionPolicy {
        public BySize {
            checkBounds(atLeastBytes, atMostBytes);
        }

        public BySize(long atLeastBytes) {
            this(atLeastBytes, 0);
        }
    }

    private static void checkBounds(long atLeast, long atMost) {
        if (atLeast < 0 || atMost < 0 || (atMost > 0 && atMost < atLeast)) {
            throw new IllegalArgumentException("bounds of retention: at least " + atLeast + ", at most " + atMost);
        }
    }
}
