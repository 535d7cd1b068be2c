/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.List;

/** What is to be done about the load of a segment, and why. */
public sealed interface Decision {

    Reason reason();

    /** Replaces a segment by {@code parts} segments with equal shares of its key space. */
    record Split(long segmentId, int parts, Reason reason) implements Decision {}

    /**
     * Replaces neighbours by one segment.
     *
     * @param segmentIds in the order of their keys
     */
    record Merge(List<Long> segmentIds, Reason reason) implements Decision {
        public Merge {
            segmentIds = List.copyOf(segmentIds);
        }
    }

    /**
     * Remembers that a segment may be merged with neighbours of its kind.
     *
     * @param untilMillis {@link Long#MAX_VALUE} for ever, until there is load again
     */
    record Cold(long segmentId, long untilMillis, Reason reason) implements Decision {}

    /** Remembers that a segment is not cold any more. */
    record Warm(long segmentId, Reason reason) implements Decision {}

    /** Changes nothing. */
    record None(Reason reason) implements Decision {}

    /** Why something is decided; the text is for people. Constants are durable by their order. */
    enum Reason {
        BURST("the rate over the shortest window is above 5 times the target"),
        HIGH("the rate over the second window is above twice the target"),
        ABOVE_TARGET("the rate over the third window is above the target"),
        LOW("all rates are below the target, that over the longest window below half of it"),
        SILENT("nothing was written for as long as the longest window"),
        BACK("a segment that was cold has load again"),

        FIXED("the number of segments is fixed by the policy"),
        NOT_ACTIVE("the stream is sealed, or is being created or sealed"),
        NO_REPORT("no load has been reported since the controller started"),
        TOO_OLD("the latest report is too old to act on"),
        OTHER_UNIT("the load was measured in the unit of a former policy"),
        NOT_CURRENT("the segment has been replaced already"),
        COOLING_DOWN("the segment has not been measured for long enough"),
        WITHIN_LIMITS("the load is neither high nor low"),
        LOW_TOO_BRIEFLY("the load is low, but has not been measured over the longest window yet"),
        AT_MINIMUM("the stream has no more segments than the policy wants at least"),
        AT_MAXIMUM("the stream has as many segments as a stream may have, or has used up all their numbers"),
        TOO_NARROW("the key space of the segment cannot be divided further"),
        COLD_ALREADY("the segment is known to be cold, and none of its neighbours is"),
        BUSY("the stream is being changed; the question comes up again when that is done");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
