/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static io.headrace.engine.streams.Commands.ranges;
import static io.headrace.engine.streams.Commands.segment;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successors;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.StreamReply.Valid;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TruncationTest {

    private static UpdateStreamStatus truncate(Rig rig, StreamCut cut) {
        return (UpdateStreamStatus) rig.ask(new StreamCommand.TruncateStream(S, cut));
    }

    /** Two segments with three events each; then the first one is split, and each new one gets an event. */
    private static Rig scaled() {
        Rig rig = withStream(2);
        rig.store.append(segment(0, 0), "1", "2", "3");
        rig.store.append(segment(1, 0), "4", "5", "6");
        rig.ask(new StreamCommand.Scale(S, Set.of(0L), ranges(0, 0.25, 0.25, 0.5)));
        rig.settle();
        rig.store.append(segment(2, 1), "7");
        rig.store.append(segment(3, 1), "8");
        return rig;
    }

    @Test
    void withinASegment() {
        Rig rig = scaled();
        StreamCut cut = cut(id(0, 0), 2, id(1, 0), 1);
        assertThat(truncate(rig, cut)).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.get(segment(0, 0)).startOffset).isEqualTo(2);
        assertThat(rig.store.get(segment(1, 0)).startOffset).isEqualTo(1);
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(cut));
        assertThat(truncate(rig, cut)).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(truncate(rig, cut(id(0, 0), 1, id(1, 0), 1))).isEqualTo(UpdateStreamStatus.FAILURE);
        rig.crash();
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(cut));
    }

    @Test
    void pastASegment() {
        Rig rig = scaled();
        StreamCut cut = cut(id(2, 1), 0, id(3, 1), 1, id(1, 0), 3);
        assertThat(truncate(rig, cut)).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.store.segments.keySet())
                .containsExactly("s/_MARKa/0.#epoch.0", "s/a/1.#epoch.0", "s/a/2.#epoch.1", "s/a/3.#epoch.1");
        assertThat(((Successors) rig.ask(new StreamCommand.GetSuccessors(S, id(0, 0)))).successors())
                .hasSize(2);
        assertThat(truncate(rig, cut(id(0, 0), 3, id(1, 0), 3))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(cut));
    }

    @Test
    void futureSegments() {
        Rig rig = scaled();
        // 2@1 is reached and 3@1 is not: 0@0 is read to its end, and goes.
        StreamCut cut = cut(id(2, 1), 1, id(3, 1), -1, id(1, 0), 0);
        assertThat(truncate(rig, cut)).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(cut));
        assertThat(rig.store.segments).doesNotContainKey(segment(0, 0)).containsKey(segment(3, 1));
    }

    @Test
    void refused() {
        Rig rig = scaled();
        assertThat(truncate(rig, StreamCut.UNBOUNDED)).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(truncate(rig, cut(id(0, 0), 0))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(truncate(rig, cut(id(9, 9), 0, id(1, 0), 0))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(truncate(rig, cut(id(0, 0), 4, id(1, 0), 0))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(truncate(rig, cut(id(0, 0), 0, id(1, 0), 4))).isEqualTo(UpdateStreamStatus.FAILURE);
        assertThat(rig.ask(new StreamCommand.GetHead(S))).isEqualTo(new Cut(cut(id(0, 0), 0, id(1, 0), 0)));
        assertThat(truncate(rig, cut(id(0, 0), 3, id(1, 0), 3))).isEqualTo(UpdateStreamStatus.SUCCESS);
    }

    @Test
    void oneAtATime() {
        Rig rig = scaled();
        StreamCut cut = cut(id(0, 0), 2, id(1, 0), 1);
        Rig.Answer<StreamReply> running = rig.submit(new StreamCommand.TruncateStream(S, cut));
        Rig.Answer<StreamReply> same = rig.submit(new StreamCommand.TruncateStream(S, cut));
        Rig.Answer<StreamReply> other = rig.submit(new StreamCommand.TruncateStream(S, cut(id(0, 0), 3, id(1, 0), 1)));
        rig.settle();
        assertThat(running.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(same.reply).isEqualTo(UpdateStreamStatus.SUCCESS);
        assertThat(other.reply).isEqualTo(UpdateStreamStatus.FAILURE);
    }

    @Test
    void segmentsBetween() {
        Rig rig = scaled();
        StreamCut epoch1 = cut(id(2, 1), 0, id(3, 1), 0, id(1, 0), 0);
        assertThat(between(rig, epoch1, StreamCut.UNBOUNDED)).containsExactlyInAnyOrder("2@1", "3@1", "1@0");
        assertThat(between(rig, StreamCut.UNBOUNDED, epoch1)).containsExactlyInAnyOrder("0@0", "2@1", "3@1", "1@0");
        for (StreamCommand query : new StreamCommand[] {
            new StreamCommand.GetSegmentsBetween(S, StreamCut.UNBOUNDED, StreamCut.UNBOUNDED),
            new StreamCommand.GetSegmentsBetween(S, epoch1, cut(id(0, 0), 0, id(1, 0), 0)),
            new StreamCommand.GetSegmentsBetween(S, cut(id(8, 8), 0), StreamCut.UNBOUNDED),
        }) {
            assertThat(rig.ask(query)).isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code())
                    .isEqualTo(Code.INVALID_ARGUMENT));
        }
        assertThat(rig.ask(new StreamCommand.IsStreamCutValid(S, epoch1))).isEqualTo(new Valid(true));
        assertThat(rig.ask(new StreamCommand.IsStreamCutValid(S, cut(id(8, 8), 0))))
                .isEqualTo(new Valid(false));
        assertThat(rig.ask(new StreamCommand.IsStreamCutValid(S, StreamCut.UNBOUNDED)))
                .isEqualTo(new Valid(false));
    }

    private static java.util.List<String> between(Rig rig, StreamCut from, StreamCut to) {
        return Commands.names(((Segments) rig.ask(new StreamCommand.GetSegmentsBetween(S, from, to))).segments());
    }
}
