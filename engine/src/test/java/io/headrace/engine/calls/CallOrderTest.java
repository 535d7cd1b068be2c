/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.calls.CallStamp.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallOrderTest {
    private final CallOrder order = new CallOrder();

    private static Progress progress(long issued, Long... open) {
        return new Progress(issued, List.of(open));
    }

    /** A call that was made when none was open but itself. */
    private static CallStamp stamp(int caller, long owner, long number) {
        return new CallStamp(caller, owner, number, progress(number + 1, number));
    }

    @Test
    void theFirstCallOfAllIsNew() {
        assertThat(order.isOutdated(1, stamp(0, 1, 1))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 1, 1))).isTrue();
    }

    @Test
    void whatItsCallerIsDoneWithIsOutdated() {
        order.put(1, 0, 1, progress(6, 3L, 5L));
        assertThat(order.isOutdated(1, stamp(0, 1, 2))).isTrue();
        assertThat(order.isOutdated(1, stamp(0, 1, 3))).isFalse();
        assertThat(order.isOutdated(1, stamp(0, 1, 4))).isTrue();
        assertThat(order.isOutdated(1, stamp(0, 1, 5))).isFalse();
        assertThat(order.isOutdated(1, stamp(0, 1, 6))).isFalse();
    }

    @Test
    void marksMoveForwardOnly() {
        order.put(1, 0, 1, progress(6, 3L, 5L));
        assertThat(order.isAhead(1, new CallStamp(0, 1, 5, progress(6, 3L, 5L))))
                .isFalse();
        assertThat(order.isAhead(1, new CallStamp(0, 1, 5, progress(6, 5L)))).isTrue();
        assertThat(order.isAhead(1, new CallStamp(0, 1, 6, progress(7, 3L, 5L, 6L))))
                .isTrue();
        assertThat(order.isAhead(1, new CallStamp(0, 1, 3, progress(5, 3L)))).isFalse();
    }

    @Test
    void ofOwnersTheNewestCounts() {
        order.put(1, 0, 2, progress(6, 5L));
        assertThat(order.isOutdated(1, stamp(0, 1, 100))).isTrue();
        assertThat(order.isOutdated(1, stamp(0, 3, 1))).isFalse();
        assertThat(order.isAhead(1, stamp(0, 3, 1))).isTrue();
        order.put(1, 0, 3, progress(2, 1L));
        assertThat(order.isOutdated(1, stamp(0, 2, 7))).isTrue();
    }

    @Test
    void slotsAndCallersDoNotMix() {
        order.put(1, 0, 2, progress(6));
        assertThat(order.isOutdated(2, stamp(0, 1, 1))).isFalse();
        assertThat(order.isOutdated(1, stamp(1, 1, 1))).isFalse();
    }

    @Test
    void visitsAllInOneOrder() {
        order.put(7, 2, 1, progress(2));
        order.put(3, 9, 3, progress(4));
        order.put(7, 1, 5, progress(6));
        order.put(7, 2, 7, progress(8));
        List<String> marks = new ArrayList<>();
        order.forEach((slot, caller, owner, progress) ->
                marks.add(slot + " " + caller + " " + owner + " " + progress.issued()));
        assertThat(marks).containsExactly("3 9 3 4", "7 1 5 6", "7 2 7 8");
        assertThat(order.size()).isEqualTo(3);
    }
}
