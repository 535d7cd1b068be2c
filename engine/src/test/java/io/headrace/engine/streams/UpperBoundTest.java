/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UpperBoundTest {
    private final EpochGraph graph = EpochGraphTest.example();

    private StreamCut bound(StreamCut... positions) {
        StreamCut bound = UpperBound.of(graph, List.of(positions));
        List<StreamCut> turned = new ArrayList<>(List.of(positions));
        Collections.reverse(turned);
        assertThat(UpperBound.of(graph, turned)).isEqualTo(bound);
        return bound;
    }

    @Test
    void theLargerOffset() {
        assertThat(bound(cut(id(0, 0), 5, id(1, 0), 7), cut(id(0, 0), 4, id(1, 0), 9)))
                .isEqualTo(cut(id(0, 0), 5, id(1, 0), 9));
    }

    @Test
    void whatNobodyWroteTo() {
        assertThat(bound()).isEqualTo(cut(id(0, 0), 0, id(1, 0), 0));
        assertThat(bound(StreamCut.UNBOUNDED)).isEqualTo(cut(id(0, 0), 0, id(1, 0), 0));
        assertThat(bound(cut(id(0, 0), -1, id(1, 0), 7))).isEqualTo(cut(id(0, 0), 0, id(1, 0), 7));
        assertThat(bound(cut(id(5, 2), 7))).isEqualTo(cut(id(4, 2), 0, id(5, 2), 7));
    }

    @Test
    void unknownSegmentsArePassedOver() {
        assertThat(bound(cut(id(0, 0), 5, id(77, 0), 7))).isEqualTo(cut(id(0, 0), 5, id(1, 0), 0));
    }

    @Test
    void theLaterSegment() {
        StreamCut epoch0 = cut(id(0, 0), 5, id(1, 0), 7);
        assertThat(bound(epoch0, cut(id(2, 1), 1, id(3, 1), 2))).isEqualTo(cut(id(2, 1), 1, id(3, 1), 2, id(1, 0), 7));
        assertThat(bound(epoch0, cut(id(2, 1), 1))).isEqualTo(cut(id(2, 1), 1, id(3, 1), 0, id(1, 0), 7));
        assertThat(bound(epoch0, cut(id(3, 1), 2), cut(id(5, 2), 3))).isEqualTo(cut(id(4, 2), 0, id(5, 2), 3));
    }

    /** 4@2 = [0, .6) overlaps 1@0 = [.5, 1), so that 5@2 must come in where only 1@0 was. */
    @Test
    void whatIsLeftOutLeavesGaps() {
        assertThat(bound(cut(id(1, 0), 7), cut(id(4, 2), 1))).isEqualTo(cut(id(4, 2), 1, id(5, 2), 0));
        EpochGraphTest.roll(graph);
        assertThat(bound(cut(id(4, 2), 1, id(5, 2), 9), cut(id(1, 3), 4))).isEqualTo(cut(id(0, 3), 0, id(1, 3), 4));
    }

    /** Covers each key once, lies before none of the positions, and does not depend on their order. */
    @Test
    void ofAnyWriters() {
        for (int seed = 0; seed < 2_000; seed++) {
            Histories histories = new Histories(seed);
            List<StreamCut> positions = new ArrayList<>();
            for (int i = seed % 5; i >= 0; i--) {
                positions.add(histories.written());
            }
            StreamCut bound = UpperBound.of(histories.graph, positions);
            for (double point : histories.points()) {
                List<Long> there = covering(histories.graph, bound, point);
                assertThat(there)
                        .as("seed %d: %s of %s", seed, bound, positions)
                        .hasSize(1);
                long segment = there.get(0);
                long offset = bound.offsets().getOrDefault(segment, -1L);
                for (StreamCut position : positions) {
                    for (long other : covering(histories.graph, position, point)) {
                        long otherOffset = position.offsets().getOrDefault(other, -1L);
                        assertThat(other < segment || (other == segment && otherOffset <= offset))
                                .as("seed %d: %s of %s", seed, bound, positions)
                                .isTrue();
                    }
                }
            }
            List<StreamCut> mixed = new ArrayList<>(positions);
            Collections.shuffle(mixed, new Random(seed));
            assertThat(UpperBound.of(histories.graph, mixed)).isEqualTo(bound);
            assertThat(UpperBound.of(histories.graph, List.of(bound))).isEqualTo(bound);
        }
    }

    private static List<Long> covering(EpochGraph graph, StreamCut cut, double point) {
        return cut.offsets().entrySet().stream()
                .map(Map.Entry::getKey)
                .filter(id -> graph.segment(id).low() <= point
                        && point < graph.segment(id).high())
                .toList();
    }
}
