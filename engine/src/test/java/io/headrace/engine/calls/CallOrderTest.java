/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallOrderTest {
    private final CallOrder order = new CallOrder();

    private static CallStamp stamp(int caller, long owner, long number, long settled) {
        return new CallStamp(caller, owner, number, settled);
    }

    @Test
    void theFirstCallOfAllIsNew() {
        assertThat(order.isOutdated(1, stamp(0, 1, 1, 1))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 1, 1, 1))).isTrue();
    }

    @Test
    void whatItsCallerIsDoneWithIsOutdated() {
        order.put(1, 0, 1, 5);
        assertThat(order.isOutdated(1, stamp(0, 1, 4, 1))).isTrue();
        assertThat(order.isOutdated(1, stamp(0, 1, 5, 1))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 1, 5, 5))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 1, 7, 6))).isTrue();
    }

    @Test
    void ofOwnersTheNewestCounts() {
        order.put(1, 0, 2, 5);
        assertThat(order.isOutdated(1, stamp(0, 1, 100, 100))).isTrue();
        assertThat(order.isOutdated(1, stamp(0, 3, 1, 1))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 3, 1, 1))).isTrue();
        order.put(1, 0, 3, 1);
        assertThat(order.isOutdated(1, stamp(0, 2, 7, 7))).isTrue();
    }

    @Test
    void slotsAndCallersDoNotMix() {
        order.put(1, 0, 2, 5);
        assertThat(order.isOutdated(2, stamp(0, 1, 1, 1))).isFalse();
        assertThat(order.isOutdated(1, stamp(1, 1, 1, 1))).isFalse();
    }

    @Test
    void visitsAllInOneOrder() {
        order.put(7, 2, 1, 2);
        order.put(3, 9, 3, 4);
        order.put(7, 1, 5, 6);
        order.put(7, 2, 7, 8);
        List<List<Long>> marks = new ArrayList<>();
        order.forEach((slot, caller, owner, settled) -> marks.add(List.of((long) slot, (long) caller, owner, settled)));
        assertThat(marks).containsExactly(List.of(3L, 9L, 3L, 4L), List.of(7L, 1L, 5L, 6L), List.of(7L, 2L, 7L, 8L));
        assertThat(order.size()).isEqualTo(3);
    }
}
