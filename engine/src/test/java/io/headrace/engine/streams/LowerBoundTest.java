/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamCuts.Order;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LowerBoundTest {
    private final EpochGraph graph = EpochGraphTest.example();

    private StreamCut bound(StreamCut... cuts) {
        StreamCut bound = LowerBound.of(graph, List.of(cuts));
        List<StreamCut> turned = new ArrayList<>(List.of(cuts));
        Collections.reverse(turned);
        assertThat(LowerBound.of(graph, turned)).isEqualTo(bound);
        return bound == null ? StreamCut.UNBOUNDED : bound;
    }

    @Test
    void ofNone() {
        assertThat(LowerBound.of(graph, List.of())).isNull();
        assertThat(LowerBound.of(graph, List.of(StreamCut.UNBOUNDED))).isNull();
        StreamCut one = cut(id(0, 0), 5, id(1, 0), 7);
        assertThat(bound(one, StreamCut.UNBOUNDED)).isEqualTo(one);
    }

    @Test
    void theSmallerOffset() {
        assertThat(bound(cut(id(0, 0), 5, id(1, 0), 7), cut(id(0, 0), 4, id(1, 0), 9)))
                .isEqualTo(cut(id(0, 0), 4, id(1, 0), 7));
    }

    @Test
    void theEarlierSegment() {
        StreamCut epoch0 = cut(id(0, 0), 5, id(1, 0), 7);
        StreamCut epoch1 = cut(id(2, 1), 1, id(3, 1), 2, id(1, 0), 3);
        StreamCut epoch2 = cut(id(4, 2), 1, id(5, 2), 2);
        assertThat(bound(epoch0, epoch1)).isEqualTo(cut(id(0, 0), 5, id(1, 0), 3));
        assertThat(bound(epoch2, epoch1)).isEqualTo(epoch1);
        assertThat(bound(epoch2, epoch1, epoch0)).isEqualTo(cut(id(0, 0), 5, id(1, 0), 3));
    }

    @Test
    void segmentsThatAreNotReached() {
        // 4@2 = [0, .6) and 5@2 = [.6, 1) follow 2@1, 3@1 and 1@0 = [.5, 1).
        StreamCut waiting = cut(id(1, 0), 3, id(4, 2), -1);
        assertThat(bound(waiting, cut(id(4, 2), 1, id(5, 2), 2))).isEqualTo(waiting);
        assertThat(bound(waiting, cut(id(2, 1), 1, id(3, 1), 2, id(1, 0), 9)))
                .isEqualTo(cut(id(2, 1), 1, id(3, 1), 2, id(1, 0), 3));
        assertThat(bound(waiting, cut(id(3, 1), 2, id(1, 0), 9, id(4, 2), -1)))
                .isEqualTo(cut(id(3, 1), 2, id(1, 0), 3, id(4, 2), -1));
        assertThat(bound(cut(id(4, 2), -1, id(5, 2), 0), cut(id(4, 2), 1, id(5, 2), 2)))
                .isEqualTo(cut(id(4, 2), -1, id(5, 2), 0));
    }

    @Test
    void whatACutLeavesOpenIsNotRead() {
        // 3@1 is not named, and nothing that follows it.
        StreamCut open = cut(id(1, 0), 7, id(2, 1), -1);
        assertThat(StreamCuts.isValid(graph, open)).isTrue();
        StreamCut bound = bound(open, cut(id(2, 1), 1, id(3, 1), 2, id(1, 0), 9));
        assertThat(StreamCuts.compare(graph, bound, cut(id(0, 0), 0, id(1, 0), 7)))
                .isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(StreamCuts.compare(graph, cut(id(2, 1), 0, id(3, 1), 0, id(1, 0), 7), bound))
                .isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(bound.offsets()).containsKey(id(0, 0));
    }

    /** The bound is a cut, it lies nowhere after one of the cuts, and everywhere where one of them is. */
    @Test
    void ofAnyReaders() {
        for (int seed = 0; seed < 2_000; seed++) {
            Histories histories = new Histories(seed);
            List<StreamCut> cuts = new ArrayList<>();
            for (int i = 1 + seed % 4; i >= 0; i--) {
                cuts.add(histories.readUpTo(seed % 40));
            }
            StreamCut bound = LowerBound.of(histories.graph, cuts);
            assertThat(bound).isNotNull();
            if (bound == null) {
                return;
            }
            assertThat(StreamCuts.isValid(histories.graph, bound))
                    .as("seed %d: %s of %s", seed, bound, cuts)
                    .isTrue();
            for (StreamCut cut : cuts) {
                assertThat(StreamCuts.isValid(histories.graph, cut)).isTrue();
                assertThat(StreamCuts.compare(histories.graph, cut, bound))
                        .as("seed %d: %s of %s", seed, bound, cuts)
                        .isEqualTo(Order.EQUAL_OR_AFTER);
            }
            for (double point : histories.points()) {
                Map.Entry<Long, Long> lowest = cuts.stream()
                        .map(cut -> histories.at(cut, point))
                        .min(Map.Entry.<Long, Long>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                        .orElseThrow();
                assertThat(histories.at(bound, point)).as("seed %d", seed).isEqualTo(lowest);
            }
        }
    }
}
