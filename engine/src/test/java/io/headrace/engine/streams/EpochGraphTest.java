/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.names;
import static io.headrace.engine.streams.Commands.ranges;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamCuts.Order;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The history of a stream of two segments: the first is split, then all three are replaced by two. */
class EpochGraphTest {
    private final EpochGraph graph = example();

    static EpochGraph example() {
        EpochGraph graph = new EpochGraph();
        graph.add(new Epoch(0, 0, 1, List.of(new SegmentRange(id(0, 0), 0, 0.5), new SegmentRange(id(1, 0), 0.5, 1))));
        graph.add(Transition.of(graph.last(), Set.of(id(0, 0)), ranges(0, 0.25, 0.25, 0.5))
                .apply(graph.last(), 1));
        graph.add(Transition.of(graph.last(), Set.of(id(2, 1), id(3, 1), id(1, 0)), ranges(0, 0.6, 0.6, 1))
                .apply(graph.last(), 1));
        return graph;
    }

    /** Adds what a rolling commit of a transaction of epoch 0 makes. */
    static void roll(EpochGraph graph) {
        graph.add(new Epoch(3, 0, 10, StreamQueries.withEpoch(graph.epoch(0), 3)));
        graph.add(new Epoch(4, 2, 11, StreamQueries.withEpoch(graph.epoch(2), 4)));
    }

    @Test
    void epochs() {
        assertThat(names(graph.epoch(1).segments())).containsExactly("2@1", "3@1", "1@0");
        assertThat(names(graph.epoch(2).segments())).containsExactly("4@2", "5@2");
        assertThat(graph.epoch(2).createdMillis()).isGreaterThan(graph.epoch(1).createdMillis());
        assertThat(graph.highestNumber()).isEqualTo(5);
        assertThat(id(2, 1)).isEqualTo(4294967298L);
    }

    @Test
    void successorsAndPredecessors() {
        assertThat(names(graph.successors(id(0, 0)))).containsExactly("2@1", "3@1");
        assertThat(names(graph.successors(id(2, 1)))).containsExactly("4@2");
        assertThat(names(graph.successors(id(1, 0)))).containsExactly("4@2", "5@2");
        assertThat(graph.successors(id(4, 2))).isEmpty();
        assertThat(graph.successors(id(77, 1))).isEmpty();
        assertThat(names(graph.predecessors(graph.segment(id(4, 2))))).containsExactly("2@1", "3@1", "1@0");
        assertThat(names(graph.predecessors(graph.segment(id(5, 2))))).containsExactly("1@0");
    }

    @Test
    void rollingCommitInHistory() {
        roll(graph);
        assertThat(names(graph.successors(id(4, 2)))).containsExactly("0@3", "1@3");
        assertThat(names(graph.predecessors(graph.segment(id(1, 3))))).containsExactly("4@2", "5@2");
        assertThat(names(graph.successors(id(0, 3)))).containsExactly("4@4");
        assertThat(names(graph.predecessors(graph.segment(id(4, 4))))).containsExactly("0@3", "1@3");
        Transition next = Transition.of(graph.last(), Set.of(id(4, 4)), ranges(0, 0.3, 0.3, 0.6));
        assertThat(names(next.created())).containsExactly("6@5", "7@5");
    }

    @Test
    void segmentsBetween() {
        StreamCut epoch0 = StreamCuts.cutOf(graph.epoch(0), 0);
        StreamCut epoch1 = StreamCuts.cutOf(graph.epoch(1), 0);
        StreamCut epoch2 = StreamCuts.cutOf(graph.epoch(2), 0);
        assertThat(names(StreamCuts.segmentsBetween(graph, epoch1, epoch2)))
                .containsExactlyInAnyOrder("2@1", "3@1", "1@0", "4@2", "5@2");
        assertThat(names(StreamCuts.segmentsBetween(graph, epoch0, epoch1)))
                .containsExactlyInAnyOrder("0@0", "1@0", "2@1", "3@1");
        assertThat(names(StreamCuts.segmentsBetween(graph, epoch1, epoch1)))
                .containsExactlyInAnyOrder("2@1", "3@1", "1@0");
    }

    /** 4@2 is not reached, since 1@0 is being read; 2@1 has been read to its end. */
    @Test
    void segmentsBetweenCutsWithSegmentsThatAreNotReached() {
        StreamCut waiting = cut(id(3, 1), 1, id(1, 0), 1, id(4, 2), -1);
        StreamCut later = cut(id(1, 0), 5, id(4, 2), -1);
        StreamCut epoch2 = StreamCuts.cutOf(graph.epoch(2), 0);
        assertThat(names(StreamCuts.segmentsBetween(graph, waiting, waiting))).containsExactly("1@0", "3@1");
        assertThat(names(StreamCuts.segmentsBetween(graph, waiting, later))).containsExactly("1@0", "3@1");
        assertThat(names(StreamCuts.segmentsBetween(graph, later, epoch2))).containsExactly("1@0", "4@2", "5@2");
        assertThat(names(StreamCuts.segmentsBetween(graph, StreamCuts.beginning(graph), later)))
                .containsExactly("0@0", "1@0", "2@1", "3@1");
        assertThat(compare(waiting, waiting)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(later, waiting)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(waiting, later)).isEqualTo(Order.BEFORE);
        assertThat(compare(epoch2, later)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(later, StreamCuts.cutOf(graph.epoch(1), 3))).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(later, StreamCuts.cutOf(graph.epoch(1), 9))).isEqualTo(Order.OVERLAPS);
    }

    @Test
    void validCuts() {
        assertThat(valid(id(0, 0), 0, id(1, 0), 0)).isTrue();
        assertThat(valid(id(2, 1), 0, id(3, 1), 9, id(1, 0), 1)).isTrue();
        assertThat(valid(id(4, 2), 0, id(5, 2), 0)).isTrue();
        assertThat(valid(id(0, 0), 0)).isFalse();
        assertThat(valid(id(0, 0), 0, id(1, 0), 0, id(2, 1), 0)).isFalse();
        assertThat(valid(id(0, 0), 0, id(1, 0), 0, id(2, 1), 0, id(3, 1), -1)).isFalse();
        assertThat(valid()).isFalse();
        assertThat(valid(id(7, 7), 0)).isFalse();
        // 2@1 is being read, 3@1 has not been reached: 0@0 has been read to its end.
        assertThat(valid(id(2, 1), 0, id(3, 1), -1, id(1, 0), 0)).isTrue();
        // 5@2 must wait for 1@0, which stands in the cut.
        assertThat(valid(id(0, 0), 3, id(1, 0), 0, id(5, 2), -1)).isTrue();
        // 4@2 is read although 1@0, before it, is not.
        assertThat(valid(id(4, 2), 0, id(1, 0), -1)).isFalse();
        // 4@2 is read: 1@0 is at its end, and 5@2 may be not reached yet.
        assertThat(valid(id(4, 2), 0, id(5, 2), -1)).isTrue();
    }

    private boolean valid(long... pairs) {
        return StreamCuts.isValid(graph, cut(pairs));
    }

    @Test
    void compareCuts() {
        StreamCut mixed = cut(id(0, 0), 10, id(1, 0), 10);
        assertThat(compare(mixed, mixed)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(cut(id(0, 0), 10, id(1, 0), 11), mixed)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(cut(id(0, 0), 10, id(1, 0), 9), mixed)).isEqualTo(Order.BEFORE);
        assertThat(compare(cut(id(0, 0), 11, id(1, 0), 9), mixed)).isEqualTo(Order.OVERLAPS);
        assertThat(compare(cut(id(2, 1), 0, id(3, 1), 0, id(1, 0), 10), mixed)).isEqualTo(Order.EQUAL_OR_AFTER);
        assertThat(compare(mixed, cut(id(4, 2), 0, id(5, 2), 0))).isEqualTo(Order.BEFORE);
    }

    private Order compare(StreamCut one, StreamCut two) {
        return StreamCuts.compare(graph, one, two);
    }

    @Test
    void spanAndSize() {
        assertThat(StreamCuts.span(graph, cut(id(0, 0), 0, id(1, 0), 0))).isEqualTo(new StreamCuts.Span(0, 0));
        assertThat(StreamCuts.span(graph, cut(id(2, 1), 0, id(3, 1), 0, id(1, 0), 0)))
                .isEqualTo(new StreamCuts.Span(1, 1));
        Map<Long, Long> sizes = Map.of(id(0, 0), 100L, id(1, 0), 200L, id(2, 1), 10L, id(3, 1), 20L);
        StreamCut start = StreamCuts.beginning(graph);
        assertThat(StreamCuts.size(graph, sizes, start, cut(id(0, 0), 7, id(1, 0), 5)))
                .isEqualTo(12);
        assertThat(StreamCuts.size(graph, sizes, start, cut(id(4, 2), 4, id(5, 2), 5)))
                .isEqualTo(100 + 200 + 10 + 20 + 9);
        assertThat(StreamCuts.size(graph, sizes, cut(id(0, 0), 90, id(1, 0), 150), cut(id(4, 2), 4, id(5, 2), 5)))
                .isEqualTo(10 + 50 + 10 + 20 + 9);
    }

    @Test
    void wishesToScale() {
        Epoch epoch = graph.epoch(1);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1)), ranges(0, 0.1, 0.1, 0.25), 2))
                .isEqualTo(Transition.Fault.NONE);
        assertThat(Transition.validate(epoch, Set.of(id(0, 0)), ranges(0, 0.5), 1))
                .isEqualTo(Transition.Fault.PRECONDITION);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1)), ranges(0, 0.2), 1))
                .isEqualTo(Transition.Fault.INPUT);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1)), ranges(0, 0.2, 0.1, 0.25), 1))
                .isEqualTo(Transition.Fault.INPUT);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1)), ranges(0, 0.25, 0.25, 0.25), 1))
                .isEqualTo(Transition.Fault.INPUT);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1)), ranges(0, Double.NaN), 1))
                .isEqualTo(Transition.Fault.INPUT);
        assertThat(Transition.validate(epoch, Set.of(), ranges(), 1)).isEqualTo(Transition.Fault.INPUT);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1), id(3, 1)), ranges(0, 0.5), 3))
                .isEqualTo(Transition.Fault.PRECONDITION);
        assertThat(Transition.validate(epoch, Set.of(id(2, 1), id(1, 0)), ranges(0.5, 1, 0, 0.25), 1))
                .isEqualTo(Transition.Fault.NONE);
    }
}
