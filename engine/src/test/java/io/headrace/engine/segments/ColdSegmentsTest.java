/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.partition.ReplyTo;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments that are not in memory, and attributes that are not. Of all that a checkpoint has, nothing is. */
class ColdSegmentsTest {
    private static final int SEGMENTS = 300;

    private final Rig rig = new Rig();

    @BeforeEach
    void forget() {
        rig.log.forgets = true;
        rig.crash();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static String name(int i) {
        return "s/t/" + i;
    }

    @Test
    void oneThatNobodyUsesIsARow() {
        for (int i = 0; i < SEGMENTS; i++) {
            assertThat(rig.create(name(i))).isEqualTo(SegmentReply.Ok.INSTANCE);
        }
        rig.tick();
        assertThat(rig.machine.hotSegments()).isLessThan(5);
        assertThat(rig.machine.segmentCount()).isEqualTo(SEGMENTS);
        for (int i = 0; i < SEGMENTS; i++) {
            assertThat(rig.create(name(i))).isEqualTo(new SegmentReply.AlreadyExists());
        }
        assertThat(rig.get(new SegmentCommand.Delete(name(7)))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.get(new SegmentCommand.GetInfo(name(7)))).isEqualTo(new SegmentReply.NoSuchSegment(name(7)));
        assertThat(rig.create(name(7))).isEqualTo(SegmentReply.Ok.INSTANCE);
    }

    @Test
    void allOfItComesBack() {
        for (int i = 0; i < SEGMENTS; i++) {
            rig.open(name(i));
            rig.append(name(i), i, "data of " + i);
        }
        rig.ask(new SegmentCommand.Disconnected(Rig.CONNECTION));
        rig.handOver();
        assertThat(rig.machine.hotSegments()).isZero();
        for (int i = 0; i < SEGMENTS; i++) {
            assertThat(rig.read(name(i), 0).text()).isEqualTo("data of " + i);
            assertThat(rig.setUp(name(i))).isEqualTo(new SegmentReply.AppendReady(i));
            rig.append(name(i), SEGMENTS + i, "!");
        }
        assertThat(rig.machine.hotSegments()).as("each has a writer").isEqualTo(SEGMENTS);
        // Without a checkpoint: replay finds the segments in their rows, which are fetched together.
        int loads = rig.log.loads;
        rig.crash();
        assertThat(rig.log.loads - loads).isLessThan(10);
        assertThat(rig.machine.hotSegments()).isLessThan(5);
        for (int i = 0; i < SEGMENTS; i++) {
            assertThat(rig.read(name(i), 8).text()).endsWith("!");
        }
    }

    @Test
    void aConnectionThatEndedBeforeItsCommandWasExecutedLeavesNothing() {
        rig.create("s/t/0");
        rig.handOver();
        Rig.Answer read = new Rig.Answer();
        rig.partition.submit(new SegmentCommand.Read("s/t/0", 0, 10, Rig.CONNECTION), read);
        rig.partition.submit(new SegmentCommand.CreateTransient("mine", Rig.CONNECTION), new Rig.Answer());
        rig.partition.submit(new SegmentCommand.Disconnected(Rig.CONNECTION), ReplyTo.none());
        rig.run();
        assertThat(read.lost).isNotNull();
        assertThat(rig.machine.waitingReads()).isZero();
        assertThat(rig.machine.segmentCount()).isEqualTo(1);
    }

    @Test
    void transientSegmentsOfFormerOwnersGo() {
        rig.create("s/t/0");
        for (int i = 0; i < 10; i++) {
            rig.get(new SegmentCommand.CreateTransient("mine-" + i, Rig.CONNECTION));
        }
        rig.handOver();
        assertThat(rig.machine.segmentCount()).isEqualTo(1);
    }

    @Test
    void manyWritersAreNotAllInMemory() {
        int writers = 3 * Attributes.MAX_KEPT;
        rig.create("s/t/0");
        for (int i = 0; i < writers; i++) {
            UUID writer = new UUID(1, i);
            long connection = 10L + i / 100;
            rig.get(new SegmentCommand.SetupAppend("s/t/0", writer, connection));
            rig.get(append(writer, connection, i));
        }
        for (int i = 0; i <= writers / 100; i++) {
            rig.partition.submit(new SegmentCommand.Disconnected(10 + i), ReplyTo.none());
        }
        rig.handOver();
        for (int i = writers - 1; i >= 0; i--) {
            UUID writer = new UUID(1, i);
            assertThat(rig.get(new SegmentCommand.SetupAppend("s/t/0", writer, 1)))
                    .isEqualTo(new SegmentReply.AppendReady(i));
        }
        // Each is bound, hence answered in the order in which it wrote, whatever is in memory.
        for (int i = 0; i < writers; i++) {
            UUID writer = new UUID(1, i);
            assertThat(rig.get(append(writer, 1, writers + i))).isInstanceOf(SegmentReply.Appended.class);
        }
        UUID fresh = new UUID(2, 2);
        assertThat(rig.get(new SegmentCommand.SetupAppend("s/t/0", fresh, 1)))
                .isEqualTo(new SegmentReply.AppendReady(SegmentCommand.NO_VALUE));
        rig.crash();
        for (int i = 0; i < writers; i += 97) {
            assertThat(rig.attribute("s/t/0", new UUID(1, i))).isEqualTo(writers + i);
        }
        assertThat(rig.get(new SegmentCommand.UpdateAttribute(
                        "s/t/0", new UUID(1, 5), SegmentCommand.NO_VALUE, writers + 5)))
                .isEqualTo(new SegmentReply.AttributeUpdated(true));
        assertThat(rig.attribute("s/t/0", new UUID(1, 5))).isEqualTo(SegmentCommand.NO_VALUE);
        rig.handOver();
        assertThat(rig.attribute("s/t/0", new UUID(1, 5))).isEqualTo(SegmentCommand.NO_VALUE);
        rig.get(new SegmentCommand.Delete("s/t/0"));
        rig.create("s/t/0");
        assertThat(rig.attribute("s/t/0", new UUID(1, 6))).isEqualTo(SegmentCommand.NO_VALUE);
    }

    private static SegmentCommand.Append append(UUID writer, long connection, long number) {
        return new SegmentCommand.Append(
                "s/t/0",
                writer,
                connection,
                number,
                1,
                SegmentCommand.UNCONDITIONAL,
                Unpooled.wrappedBuffer(new byte[] {1}));
    }

    @Test
    void aWorkflowsCommandIsPutAsideAsAWhole() {
        rig.open("s/t/0");
        List<String> sources = List.of("s/t/1", "s/t/2", "s/t/3", "s/t/4", "s/t/5", "none");
        for (String source : sources.subList(0, 5)) {
            rig.open(source);
            rig.append(source, 1, "abc");
        }
        rig.handOver();
        var stamp = new CallStamp(1, 1, 5, new CallStamp.Progress(5, List.of()));
        assertThat(rig.get(new SegmentCommand.Called(stamp, new SegmentCommand.MergeBatch("s/t/0", sources))))
                .isEqualTo(new SegmentReply.Merged(List.of(3L, 6L, 9L, 12L, 15L, 15L)));
        rig.handOver();
        assertThat(rig.read("s/t/0", 0).text()).isEqualTo("abcabcabcabcabc");
    }

    @Test
    void aSegmentOfVeryManyPiecesIsReadAPartAtATime() {
        int pieces = 10_000;
        rig.open("s/t/0");
        appendEach("s/t/0", pieces);
        rig.ask(new SegmentCommand.Disconnected(Rig.CONNECTION));
        rig.handOver();
        int loads = rig.log.loads;
        assertThat(rig.read("s/t/0", 2_345, 1).text()).isEqualTo("5");
        assertThat(rig.log.loads - loads).as("its name, its row, and two parts").isBetween(4, 6);
        rig.setUp("s/t/0");
        rig.append("s/t/0", pieces, "!");
        rig.crash();
        assertThat(rig.read("s/t/0", pieces).text()).isEqualTo("!");
        rig.get(new SegmentCommand.Truncate("s/t/0", 8_001));
        rig.handOver();
        assertThat(rig.read("s/t/0", 8_002, 1).text()).isEqualTo("2");
        rig.get(new SegmentCommand.Delete("s/t/0"));
        rig.create("s/t/0");
        assertThat(rig.info("s/t/0").length()).isZero();
    }

    @Test
    void aMergeOfVeryManyPieces() {
        int pieces = 2_000;
        for (String name : List.of("s/t/0", "s/t/1")) {
            rig.open(name);
            appendEach(name, pieces);
        }
        rig.ask(new SegmentCommand.Disconnected(Rig.CONNECTION));
        rig.handOver();
        assertThat(rig.get(new SegmentCommand.Merge("s/t/1", "s/t/0", List.of())))
                .isEqualTo(new SegmentReply.Merged(List.of(2L * pieces)));
        rig.crash();
        assertThat(rig.read("s/t/1", pieces + 5, 1).text()).isEqualTo("5");
        rig.handOver();
        assertThat(rig.read("s/t/1", pieces + 5, 1).text()).isEqualTo("5");
        assertThat(rig.get(new SegmentCommand.GetInfo("s/t/0"))).isEqualTo(new SegmentReply.NoSuchSegment("s/t/0"));
    }

    /** Digits, each in an append of its own. */
    private void appendEach(String segment, int count) {
        for (int i = 0; i < count; i++) {
            rig.partition.submit(Rig.appending(segment, i, Integer.toString(i % 10)), ReplyTo.none());
            if (i % 500 == 0) {
                rig.run();
            }
        }
        rig.run();
    }
}
