/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.Rig.CONNECTION;
import static io.headrace.engine.segments.Rig.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Creation, sealing, truncation, deletion, policies, attributes and transient segments. */
class LifeCycleTest {
    private static final UUID MARK = UUID.fromString("7df9a874-246c-c9d6-9397-cdd19ead68c5");
    private final Rig rig = new Rig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static UUID serverKept(long number) {
        return new UUID(0x8000000000000000L, number);
    }

    @Test
    void everyCommandOnAMissingSegmentSaysSo() {
        List<SegmentCommand> commands = List.of(
                new SegmentCommand.SetupAppend("s", WRITER, CONNECTION),
                Rig.appending("s", 1, "x"),
                new SegmentCommand.Read("s", 0, 10, CONNECTION),
                new SegmentCommand.GetInfo("s"),
                new SegmentCommand.GetAttribute("s", MARK),
                new SegmentCommand.UpdateAttribute("s", MARK, 1, SegmentCommand.NO_VALUE),
                new SegmentCommand.UpdatePolicy("s", 1, 2),
                new SegmentCommand.Seal("s"),
                new SegmentCommand.Truncate("s", 0),
                new SegmentCommand.Delete("s"),
                new SegmentCommand.MergeBatch("s", List.of()));
        for (SegmentCommand command : commands) {
            assertThat(rig.get(command)).as("%s", command).isEqualTo(new SegmentReply.NoSuchSegment("s"));
        }
    }

    @Test
    void createsOnceAndKeepsWhatItWasToldThen() {
        rig.now = 2_001_234;
        assertThat(rig.get(new SegmentCommand.Create("s", 2, 77, 4096))).isEqualTo(SegmentReply.Ok.INSTANCE);
        rig.now = 2_002_000;
        assertThat(rig.create("s")).isEqualTo(new SegmentReply.AlreadyExists());
        assertThat(rig.info("s")).isEqualTo(new SegmentReply.Info(false, 2_001_234, 0, 0));
        assertThat(rig.attribute("s", serverKept(0))).isEqualTo(2_001_234);
        assertThat(rig.attribute("s", serverKept(1))).isZero();
        assertThat(rig.attribute("s", serverKept(2))).isEqualTo(2);
        assertThat(rig.attribute("s", serverKept(3))).isEqualTo(77);
        assertThat(rig.attribute("s", serverKept(4))).isEqualTo(4096);
        assertThat(rig.attribute("s", serverKept(9))).isZero();
        assertThat(rig.attribute("s", serverKept(5))).isEqualTo(SegmentCommand.NO_VALUE);
        assertThat(rig.attribute("s", serverKept(-1))).isEqualTo(SegmentCommand.NO_VALUE);
    }

    @Test
    void takesNegativeRolloverForNoneAndRefusesNamesThatNoRecordHolds() {
        rig.get(new SegmentCommand.Create("s", 0, 0, -5));
        assertThat(rig.attribute("s", serverKept(4))).isZero();
        assertThat(rig.create("")).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.create("x".repeat(65_536))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.create("ü".repeat(32_767))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.info("ü".repeat(32_767)).length()).isZero();
    }

    @Test
    void aSealedSegmentRefusesChangesAndAnswersQuestions() {
        rig.open("s");
        rig.append("s", 1, "abc");
        rig.now += 10;
        assertThat(rig.get(new SegmentCommand.Seal("s"))).isEqualTo(SegmentReply.Ok.INSTANCE);
        List<SegmentCommand> refused = List.of(
                Rig.appending("s", 2, "x"),
                new SegmentCommand.UpdateAttribute("s", MARK, 1, SegmentCommand.NO_VALUE),
                new SegmentCommand.UpdatePolicy("s", 1, 2),
                new SegmentCommand.Seal("s"));
        for (SegmentCommand command : refused) {
            assertThat(rig.get(command)).as("%s", command).isEqualTo(new SegmentReply.Sealed("s"));
        }
        assertThat(rig.create("s")).isEqualTo(new SegmentReply.AlreadyExists());
        assertThat(rig.info("s")).isEqualTo(new SegmentReply.Info(true, rig.now, 3, 0));
        assertThat(rig.setUp("s")).isEqualTo(new SegmentReply.AppendReady(1));
        assertThat(rig.attribute("s", WRITER)).isEqualTo(1);
        assertThat(rig.get(new SegmentCommand.Truncate("s", 2))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.read("s", 2).text()).isEqualTo("c");
        assertThat(rig.get(new SegmentCommand.Delete("s"))).isEqualTo(SegmentReply.Ok.INSTANCE);
    }

    @Test
    void truncatesWithinTheSegmentOnly() {
        rig.open("s");
        rig.append("s", 1, "abc");
        rig.append("s", 2, "defg");
        assertThat(rig.get(new SegmentCommand.Truncate("s", 5))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.get(new SegmentCommand.Truncate("s", 5))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.get(new SegmentCommand.Truncate("s", 4))).isEqualTo(new SegmentReply.Truncated(5));
        assertThat(rig.get(new SegmentCommand.Truncate("s", 8))).isEqualTo(new SegmentReply.Truncated(5));
        assertThat(rig.get(new SegmentCommand.Truncate("s", -1))).isEqualTo(new SegmentReply.Truncated(5));
        assertThat(rig.info("s").startOffset()).isEqualTo(5);
        assertThat(rig.read("s", 4).reply).isEqualTo(new SegmentReply.Truncated(5));
        assertThat(rig.read("s", 5).text()).isEqualTo("fg");
        assertThat(rig.machine.dataBytes()).isEqualTo(2);
        assertThat(rig.get(new SegmentCommand.Truncate("s", 7))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.machine.dataBytes()).isZero();
        assertThat(rig.machine.oldestFrame()).isEqualTo(Long.MAX_VALUE);
        assertThat(rig.append("s", 3, "h")).isEqualTo(new SegmentReply.Appended(WRITER, 3, 2, 8));
        assertThat(rig.read("s", 7).text()).isEqualTo("h");
    }

    @Test
    void aDeletedSegmentIsGoneAndItsNameFree() {
        rig.open("s");
        rig.append("s", 1, "abc");
        assertThat(rig.get(new SegmentCommand.Delete("s"))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.get(new SegmentCommand.Delete("s"))).isEqualTo(new SegmentReply.NoSuchSegment("s"));
        assertThat(rig.machine.oldestFrame()).isEqualTo(Long.MAX_VALUE);
        assertThat(rig.machine.dataBytes()).isZero();
        rig.create("s");
        assertThat(rig.append("s", 2, "x")).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 2));
        assertThat(rig.setUp("s")).isEqualTo(new SegmentReply.AppendReady(SegmentCommand.NO_VALUE));
        assertThat(rig.append("s", 1, "x")).isEqualTo(new SegmentReply.Appended(WRITER, 1, SegmentCommand.NO_VALUE, 1));
    }

    @Test
    void changesThePolicy() {
        rig.create("s");
        assertThat(rig.get(new SegmentCommand.UpdatePolicy("s", 1, 500))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.attribute("s", serverKept(2))).isEqualTo(1);
        assertThat(rig.attribute("s", serverKept(3))).isEqualTo(500);
    }

    @Test
    void comparesAndSetsAttributes() {
        rig.create("s");
        assertThat(update(MARK, 5, 4)).isEqualTo(new SegmentReply.AttributeUpdated(false));
        assertThat(update(MARK, 5, SegmentCommand.NO_VALUE)).isEqualTo(new SegmentReply.AttributeUpdated(true));
        assertThat(update(MARK, 6, SegmentCommand.NO_VALUE)).isEqualTo(new SegmentReply.AttributeUpdated(false));
        assertThat(rig.attribute("s", MARK)).isEqualTo(5);
        assertThat(update(MARK, 7, 5)).isEqualTo(new SegmentReply.AttributeUpdated(true));
        assertThat(update(MARK, SegmentCommand.NO_VALUE, 7)).isEqualTo(new SegmentReply.AttributeUpdated(true));
        assertThat(rig.attribute("s", MARK)).isEqualTo(SegmentCommand.NO_VALUE);
        assertThat(update(serverKept(1), 1, 0)).isInstanceOf(SegmentReply.BadArgument.class);
    }

    private SegmentReply update(UUID id, long value, long expected) {
        return rig.get(new SegmentCommand.UpdateAttribute("s", id, value, expected));
    }

    @Test
    void aTransientSegmentLivesAsLongAsItsConnection() {
        assertThat(rig.get(new SegmentCommand.CreateTransient("s", CONNECTION))).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(rig.get(new SegmentCommand.CreateTransient("s", CONNECTION)))
                .isEqualTo(new SegmentReply.AlreadyExists());
        assertThat(rig.attribute("s", serverKept(9))).isEqualTo(0x80);
        rig.get(new SegmentCommand.CreateTransient("t", 2));
        rig.setUp("s");
        rig.append("s", 0, "abc");
        Answer none = rig.ask(new SegmentCommand.Disconnected(CONNECTION));
        assertThat(none.isPending()).isTrue();
        assertThat(rig.get(new SegmentCommand.GetInfo("s"))).isEqualTo(new SegmentReply.NoSuchSegment("s"));
        assertThat(rig.info("t").length()).isZero();
        assertThat(rig.machine.segmentCount()).isEqualTo(1);
        rig.crash();
        assertThat(rig.machine.segmentCount())
                .as("no transient segment outlives its owner")
                .isZero();
        rig.handOver();
        assertThat(rig.machine.segmentCount()).isZero();
    }

    @Test
    void theEndOfAConnectionTakesItsBindingsAndWaitingReads() {
        rig.open("s");
        Answer waiting = rig.read("s", 0);
        Answer other = rig.ask(new SegmentCommand.Read("s", 0, 10, 2));
        assertThat(rig.machine.waitingReads()).isEqualTo(2);
        rig.ask(new SegmentCommand.Disconnected(CONNECTION));
        assertThat(rig.machine.waitingReads()).isEqualTo(1);
        assertThat(waiting.reply).isNull();
        assertThat(waiting.lost).isNotNull();
        assertThat(rig.append("s", 1, "x")).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 1));
        rig.setUp("s");
        rig.append("s", 1, "x");
        assertThat(other.text()).isEqualTo("x");
        rig.ask(new SegmentCommand.Disconnected(99));
    }
}
