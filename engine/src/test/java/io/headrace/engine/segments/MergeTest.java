/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.Rig.CONNECTION;
import static io.headrace.engine.segments.Rig.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import io.headrace.engine.segments.SegmentCommand.AttributeCondition;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(1, 2);
    private static final long NONE = SegmentCommand.NO_VALUE;
    private final Rig rig = new Rig();

    @BeforeEach
    void begin() {
        rig.open("target");
        rig.append("target", 1, "abc");
        rig.open("source");
        rig.append("source", 1, "de");
        rig.append("source", 2, "fg");
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private SegmentReply merge(String target, String source, AttributeCondition... conditions) {
        return rig.get(new SegmentCommand.Merge(target, source, List.of(conditions)));
    }

    private static SegmentReply merged(Long... lengths) {
        return new SegmentReply.Merged(List.of(lengths));
    }

    @Test
    void movesTheDataAndEndsTheSource() {
        assertThat(merge("target", "source")).isEqualTo(merged(7L));
        assertThat(rig.read("target", 0).text()).isEqualTo("abcdefg");
        assertThat(rig.get(new SegmentCommand.GetInfo("source"))).isEqualTo(new SegmentReply.NoSuchSegment("source"));
        assertThat(rig.attribute("target", WRITER)).isEqualTo(1);
        assertThat(rig.attribute("target", new UUID(Long.MIN_VALUE, 1))).isEqualTo(1);
        assertThat(merge("target", "source")).isEqualTo(new SegmentReply.NoSuchSegment("source"));
        assertThat(rig.append("target", 2, "h")).isEqualTo(new SegmentReply.Appended(WRITER, 2, 1, 8));
        assertThat(rig.machine.dataBytes()).isEqualTo(8);
        rig.crash();
        assertThat(rig.read("target", 2, 4).text()).isEqualTo("cdef");
        rig.handOver();
        assertThat(rig.read("target", 0).text()).isEqualTo("abcdefgh");
        rig.get(new SegmentCommand.Delete("target"));
        assertThat(rig.machine.oldestFrame()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesWhatCannotBeMerged() {
        assertThat(merge("none", "source")).isEqualTo(new SegmentReply.NoSuchSegment("none"));
        assertThat(merge("target", "none")).isEqualTo(new SegmentReply.NoSuchSegment("none"));
        assertThat(merge("target", "target")).isInstanceOf(SegmentReply.BadArgument.class);
        rig.get(new SegmentCommand.Truncate("source", 1));
        assertThat(merge("target", "source")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(batch("source")).isInstanceOf(SegmentReply.BadArgument.class);
        rig.get(new SegmentCommand.Seal("target"));
        assertThat(merge("target", "source")).isEqualTo(new SegmentReply.Sealed("target"));
        assertThat(batch()).isEqualTo(new SegmentReply.Sealed("target"));
        assertThat(rig.info("source").sealed()).isFalse();
        assertThat(rig.get(new SegmentCommand.MergeBatch("none", List.of("source"))))
                .isEqualTo(new SegmentReply.NoSuchSegment("none"));
    }

    @Test
    void anEmptySourceLeavesTheTargetAsItWas() {
        rig.create("empty");
        rig.get(new SegmentCommand.Seal("empty"));
        SegmentReply.Info before = rig.info("target");
        rig.now += 5;
        assertThat(merge("target", "empty")).isEqualTo(merged(3L));
        assertThat(rig.info("target")).isEqualTo(before);
        assertThat(rig.get(new SegmentCommand.GetInfo("empty"))).isEqualTo(new SegmentReply.NoSuchSegment("empty"));
    }

    private SegmentReply batch(String... sources) {
        return rig.get(new SegmentCommand.MergeBatch("target", List.of(sources)));
    }

    @Test
    void mergesBatchesInOrderAndSkipsWhatIsGone() {
        rig.open("second");
        rig.append("second", 1, "hi");
        rig.create("empty");
        assertThat(batch()).isEqualTo(merged());
        assertThat(batch("none", "second", "empty", "source", "second")).isEqualTo(merged(3L, 5L, 5L, 9L, 9L));
        assertThat(rig.read("target", 0).text()).isEqualTo("abchidefg");
        assertThat(batch("second", "source")).isEqualTo(merged(9L, 9L));
        assertThat(batch("target")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.machine.segmentCount()).isEqualTo(1);
    }

    @Test
    void wakesReadersOfBoth() {
        Answer atTail = rig.read("target", 3);
        Answer beyond = rig.read("target", 5, 1);
        Answer ofSource = rig.read("source", 4);
        rig.log.paused = true;
        Answer merge = rig.ask(new SegmentCommand.Merge("target", "source", List.of()));
        Answer later = rig.read("target", 4);
        Answer before = rig.read("target", 0);
        assertThat(before.text()).as("what was there before the merge").isEqualTo("abc");
        assertThat(List.of(atTail, beyond, ofSource, merge, later)).allMatch(Answer::isPending);
        rig.resume();
        assertThat(atTail.text()).isEqualTo("defg");
        assertThat(beyond.text()).isEqualTo("f");
        assertThat(later.text()).isEqualTo("efg");
        assertThat(ofSource.reply).isEqualTo(new SegmentReply.NoSuchSegment("source"));
        assertThat(merge.reply).isEqualTo(merged(7L));
        assertThat(rig.read("target", 0).text()).isEqualTo("abcdefg");
    }

    @Test
    void anUndurableMergeIsNotSeenAndMayBeLost() {
        rig.log.paused = true;
        rig.ask(new SegmentCommand.Merge("target", "source", List.of()));
        Answer data = rig.read("target", 3);
        rig.ask(new SegmentCommand.Create("second", 0, 0, 0));
        rig.ask(new SegmentCommand.SetupAppend("second", WRITER, CONNECTION));
        rig.ask(Rig.appending("second", 1, "hi"));
        Answer second = rig.ask(new SegmentCommand.Merge("target", "second", List.of()));
        Answer read = rig.read("target", 5);
        assertThat(List.of(data, second, read)).allMatch(Answer::isPending);
        rig.crash();
        assertThat(data.lost).isNotNull();
        assertThat(rig.info("target").length()).isEqualTo(3);
        assertThat(rig.read("source", 0).text()).isEqualTo("defg");
    }

    @Test
    void aWaitingReadIsAnsweredFromTheLogIfTheSourceIsOld() {
        rig.crash();
        Answer waiting = rig.read("target", 3);
        assertThat(waiting.isPending()).isTrue();
        assertThat(merge("target", "source")).isEqualTo(merged(7L));
        assertThat(waiting.text()).isEqualTo("defg");
    }

    @Test
    void aTransientSourceIsForgottenByItsConnection() {
        rig.get(new SegmentCommand.CreateTransient("large", 7));
        rig.get(new SegmentCommand.SetupAppend("large", WRITER, CONNECTION));
        rig.append("large", 0, "xyz");
        assertThat(merge("target", "large")).isEqualTo(merged(6L));
        rig.create("large");
        rig.ask(new SegmentCommand.Disconnected(7));
        assertThat(rig.info("large").length()).isZero();
        assertThat(rig.read("target", 0).text()).isEqualTo("abcxyz");
    }

    private static AttributeCondition when(UUID id, int type, long value, long expected) {
        return new AttributeCondition(id, type, value, expected);
    }

    @Test
    void conditionsHoldTogetherOrNotAtAll() {
        rig.get(new SegmentCommand.UpdateAttribute("target", A, 5, NONE));
        SegmentReply no = new SegmentReply.AttributeUpdated(false);
        Answer waiting = rig.read("source", 4);
        assertThat(merge("target", "source", when(B, 1, 9, 0), when(A, 0, 6, 0)))
                .isEqualTo(no);
        assertThat(rig.info("source").sealed()).isTrue();
        assertThat(waiting.endOfSegment()).isTrue();
        assertThat(merge("target", "source", when(A, 2, 5, 0))).isEqualTo(no);
        assertThat(merge("target", "source", when(A, 4, 6, 4))).isEqualTo(no);
        assertThat(merge("target", "source", when(B, 4, 6, 4))).isEqualTo(no);
        assertThat(merge("target", "source", when(B, 0, 6, 0), when(B, 0, 7, 0)))
                .isEqualTo(no);
        assertThat(merge("target", "source", when(A, 9, 6, 4))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(merge("target", "source", when(new UUID(Long.MIN_VALUE, 1), 1, 6, 4)))
                .isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.attribute("target", A)).isEqualTo(5);
        assertThat(rig.attribute("target", B)).isEqualTo(NONE);
        assertThat(merge(
                        "target",
                        "source",
                        when(B, 4, 6, NONE),
                        when(A, 3, 10, 0),
                        when(B, 2, 7, 0),
                        when(A, 4, 1, 15)))
                .isEqualTo(merged(7L));
        assertThat(rig.attribute("target", A)).isEqualTo(1);
        assertThat(rig.attribute("target", B)).isEqualTo(7);
    }
}
