/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.client.StreamSegment;
import io.headrace.client.internal.read.TimeWindows.Side;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TimeWindowsTest {
    private static final StreamSegment WHOLE = new StreamSegment(0, 0, 1);
    private static final StreamSegment LEFT = new StreamSegment(5, 0, 0.5);
    private static final StreamSegment RIGHT = new StreamSegment(6, 0.5, 1);

    private static Place place(long offset, double low, double high) {
        return new Place(offset, Optional.of(new KeyRange(low, high)));
    }

    @Test
    void offsetsDecideInOneSegment() {
        assertThat(TimeWindows.compare(Map.of(0L, place(9, 0, 1)), Map.of(WHOLE, 10L)))
                .isEqualTo(Side.BEFORE);
        assertThat(TimeWindows.compare(Map.of(0L, place(10, 0, 1)), Map.of(WHOLE, 10L)))
                .isEqualTo(Side.AFTER);
        assertThat(TimeWindows.compare(Map.of(0L, place(11, 0, 1)), Map.of(WHOLE, 10L)))
                .isEqualTo(Side.AFTER);
    }

    @Test
    void theEndOfASegmentIsBehindAllInIt() {
        assertThat(TimeWindows.compare(Map.of(0L, place(Place.FINISHED, 0, 1)), Map.of(WHOLE, 10L)))
                .isEqualTo(Side.AFTER);
        assertThat(TimeWindows.compare(Map.of(0L, place(10, 0, 1)), Map.of(WHOLE, -1L)))
                .isEqualTo(Side.BEFORE);
    }

    @Test
    void laterSegmentsAreLater() {
        assertThat(TimeWindows.compare(Map.of(0L, place(99, 0, 1)), Map.of(LEFT, 0L, RIGHT, 0L)))
                .isEqualTo(Side.BEFORE);
        assertThat(TimeWindows.compare(Map.of(5L, place(0, 0, 0.5), 6L, place(0, 0.5, 1)), Map.of(WHOLE, 99L)))
                .isEqualTo(Side.AFTER);
    }

    @Test
    void onlyWhatSharesKeysIsCompared() {
        assertThat(TimeWindows.compare(Map.of(5L, place(10, 0, 0.5)), Map.of(LEFT, 10L, RIGHT, 99L)))
                .isEqualTo(Side.AFTER);
    }

    @Test
    void aSegmentOfUnknownRangeIsComparedWithItselfIfThatIsThere() {
        Map<Long, Place> places = Map.of(5L, new Place(10, Optional.empty()), 6L, new Place(99, Optional.empty()));
        assertThat(TimeWindows.compare(places, Map.of(LEFT, 10L, RIGHT, 99L))).isEqualTo(Side.AFTER);
        assertThat(TimeWindows.compare(places, Map.of(LEFT, 11L, RIGHT, 100L))).isEqualTo(Side.BEFORE);
        assertThat(TimeWindows.compare(Map.of(4L, new Place(10, Optional.empty())), Map.of(LEFT, 10L, RIGHT, 99L)))
                .isEqualTo(Side.BEFORE);
    }

    @Test
    void beforeHereAndAfterThereIsUndecided() {
        assertThat(TimeWindows.compare(
                        Map.of(5L, place(20, 0, 0.5), 6L, place(5, 0.5, 1)), Map.of(LEFT, 10L, RIGHT, 10L)))
                .isEqualTo(Side.UNDECIDED);
    }
}
