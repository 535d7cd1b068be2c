/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.current;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.names;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.CheckScaleStatus;
import io.headrace.engine.streams.StreamReply.ScaleStarted;
import io.headrace.engine.streams.StreamReply.ScaleStatus;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successors;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScaleTest {
    private static final StreamCommand.Scale SPLIT = new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5));

    @Test
    void splitThenMerge() {
        Rig rig = withStream(2);
        ScaleStarted started = (ScaleStarted) rig.ask(SPLIT);
        assertThat(started.status()).isEqualTo(ScaleStatus.STARTED);
        assertThat(started.epoch()).isZero();
        assertThat(names(started.segments())).containsExactly("2@1", "3@1");
        assertThat(rig.ask(new StreamCommand.CheckScale(S, 0))).isEqualTo(CheckScaleStatus.IN_PROGRESS);
        rig.settle();
        assertThat(rig.ask(new StreamCommand.CheckScale(S, 0))).isEqualTo(CheckScaleStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.CheckScale(S, 1))).isEqualTo(CheckScaleStatus.IN_PROGRESS);
        assertThat(rig.ask(new StreamCommand.CheckScale(S, 2))).isEqualTo(CheckScaleStatus.INVALID_INPUT);
        assertThat(current(rig, S)).containsExactly("2@1", "3@1", "1@0");
        rig.ask(new StreamCommand.Scale(S, Set.of(id(2, 1), id(3, 1), id(1, 0)), ranges(0, 0.6, 0.6, 1)));
        rig.settle();
        rig.crash();
        assertThat(current(rig, S)).containsExactly("4@2", "5@2");
        assertThat(successors(rig, id(1, 0))).containsExactly("4@2<-[2@1, 3@1, 1@0]", "5@2<-[1@0]");
        assertThat(names(((Segments) rig.ask(new StreamCommand.GetEpochSegments(S, 1))).segments()))
                .containsExactly("2@1", "3@1", "1@1");
    }

    private static List<String> successors(Rig rig, long segment) {
        return ((Successors) rig.ask(new StreamCommand.GetSuccessors(S, segment)))
                .successors().stream()
                        .map(s -> names(List.of(s.segment())).get(0) + "<-"
                                + names(s.predecessors().stream()
                                        .sorted((a, b) -> Long.compare(order(a), order(b)))
                                        .map(id -> new SegmentRange(id, 0, 1))
                                        .toList()))
                        .toList();
    }

    private static long order(long id) {
        return id == id(1, 0) ? Long.MAX_VALUE : id;
    }

    /** Whenever a segment is sealed its successors are known; whenever one is known as current it exists. */
    @Test
    void successorsAreKnownBeforeSegmentsAreSealed() {
        Rig rig = withStream(2);
        rig.submit(SPLIT);
        boolean seen = false;
        for (int i = 0; i < 50; i++) {
            boolean sealed = rig.store.get(segment(0, 0)).sealed;
            if (sealed) {
                assertThat(successors(rig, id(0, 0))).hasSize(2);
            }
            seen |= sealed;
            for (SegmentRange s : ((Segments) rig.ask(new StreamCommand.GetCurrentSegments(S))).segments()) {
                assertThat(rig.store.segments).containsKey(SegmentNames.segment(S, s.id()));
            }
            rig.step();
        }
        assertThat(seen).isTrue();
    }

    @Test
    void refused() {
        Rig rig = withStream(2);
        assertThat(status(rig, Set.of(7L), ranges(0, 0.5))).isEqualTo(ScaleStatus.PRECONDITION_FAILED);
        assertThat(status(rig, Set.of(0L, 1L), ranges(0, 1))).isEqualTo(ScaleStatus.PRECONDITION_FAILED);
        assertThat(status(rig, Set.of(0L), ranges(0, 0.4))).isEqualTo(ScaleStatus.FAILURE);
        assertThat(status(rig, Set.of(0L), ranges(0.5, 0))).isEqualTo(ScaleStatus.FAILURE);
        assertThat(((ScaleStarted)
                                rig.ask(new StreamCommand.Scale(new StreamName("s", "none"), Set.of(0L), ranges(0, 1))))
                        .status())
                .isEqualTo(ScaleStatus.FAILURE);
        assertThat(rig.ask(new StreamCommand.CheckScale(new StreamName("s", "none"), 0)))
                .isEqualTo(CheckScaleStatus.INVALID_INPUT);
        assertThat(rig.ask(new StreamCommand.CheckScale(S, -1))).isEqualTo(CheckScaleStatus.INVALID_INPUT);
    }

    private static ScaleStatus status(Rig rig, Set<Long> sealed, List<SegmentRange> ranges) {
        return ((ScaleStarted) rig.ask(new StreamCommand.Scale(S, sealed, ranges))).status();
    }

    @Test
    void repeatsAndRivals() {
        Rig rig = withStream(2);
        Rig.Answer<StreamReply> first = rig.submit(SPLIT);
        Rig.Answer<StreamReply> same = rig.submit(SPLIT);
        Rig.Answer<StreamReply> rival = rig.submit(new StreamCommand.Scale(S, Set.of(1L), ranges(0.5, 0.75, 0.75, 1)));
        Rig.Answer<StreamReply> seal = rig.submit(new StreamCommand.SealStream(S));
        rig.settle();
        assertThat(same.reply).isEqualTo(first.reply);
        assertThat(rival.reply).isInstanceOfSatisfying(ScaleStarted.class, s -> assertThat(s.status())
                .isEqualTo(ScaleStatus.FAILURE));
        assertThat(seal.reply).isEqualTo(StreamReply.UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.get(segment(2, 1)).sealed).isTrue();
    }

    /** A caller whose answer was lost comes again, maybe when all is done already. */
    @Test
    void repeatedWhenItIsDone() {
        Rig rig = withStream(2);
        StreamReply first = rig.ask(SPLIT);
        rig.settle();
        assertThat(rig.ask(SPLIT)).isEqualTo(first);
        rig.ask(new StreamCommand.Scale(S, Set.of(id(2, 1), id(3, 1), id(1, 0)), ranges(0, 0.6, 0.6, 1)));
        rig.settle();
        rig.crash();
        assertThat(rig.ask(SPLIT)).isEqualTo(first);
        assertThat(current(rig, S)).containsExactly("4@2", "5@2");
        assertThat(status(rig, Set.of(0L), ranges(0, 0.5))).isEqualTo(ScaleStatus.PRECONDITION_FAILED);
        assertThat(status(rig, Set.of(0L, id(2, 1)), ranges(0, 0.25, 0.25, 0.5)))
                .isEqualTo(ScaleStatus.PRECONDITION_FAILED);
    }

    @Test
    void aLongHistoryStaysCheap() {
        Rig rig = withStream(1);
        long segment = 0;
        int first = 0;
        for (int epoch = 1; epoch <= 1_000; epoch++) {
            int before = rig.loggedBytes();
            ScaleStarted started = (ScaleStarted) rig.ask(new StreamCommand.Scale(S, Set.of(segment), ranges(0, 1)));
            segment = started.segments().get(0).id();
            rig.settle();
            first = epoch == 1 ? rig.loggedBytes() - before : first;
            assertThat(rig.loggedBytes() - before).isLessThanOrEqualTo(first);
        }
        rig.crash();
        assertThat(current(rig, S)).containsExactly("1000@1000");
        assertThat(names(((Segments) rig.ask(new StreamCommand.GetSegmentsBetween(
                                S,
                                StreamCuts.cutOf(new Epoch(0, 0, 0, List.of(new SegmentRange(0, 0, 1))), 0),
                                StreamCut.UNBOUNDED)))
                        .segments()))
                .hasSize(1_001);
    }
}
