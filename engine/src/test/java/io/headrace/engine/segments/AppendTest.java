/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.Rig.CONNECTION;
import static io.headrace.engine.segments.Rig.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Frame;
import io.headrace.engine.segments.Rig.Answer;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendTest {
    private static final UUID EVENT_COUNT = new UUID(0x8000000000000000L, 1);
    private final Rig rig = new Rig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static SegmentCommand.Append append(long connection, long number, int count, long expected, int bytes) {
        return new SegmentCommand.Append(
                "s", WRITER, connection, number, count, expected, Unpooled.wrappedBuffer(new byte[bytes]));
    }

    @Test
    void answersWithThePreviousNumberAndTheLength() {
        rig.open("s");
        assertThat(rig.append("s", 3, "abc"))
                .isEqualTo(new SegmentReply.Appended(WRITER, 3, SegmentCommand.NO_VALUE, 3));
        assertThat(rig.append("s", 9, "")).isEqualTo(new SegmentReply.Appended(WRITER, 9, 3, 3));
        assertThat(rig.get(append(CONNECTION, 20, 11, -1, 5))).isEqualTo(new SegmentReply.Appended(WRITER, 20, 9, 8));
        assertThat(rig.attribute("s", EVENT_COUNT)).isEqualTo(13);
        assertThat(rig.attribute("s", WRITER)).isEqualTo(20);
        assertThat(rig.setUp("s")).isEqualTo(new SegmentReply.AppendReady(20));
    }

    @Test
    void countsWritersApart() {
        rig.open("s");
        rig.append("s", 5, "abc");
        UUID other = new UUID(11, 13);
        assertThat(rig.get(new SegmentCommand.SetupAppend("s", other, 2)))
                .isEqualTo(new SegmentReply.AppendReady(SegmentCommand.NO_VALUE));
        assertThat(rig.get(new SegmentCommand.Append("s", other, 2, 0, 1, -1, Unpooled.EMPTY_BUFFER)))
                .isEqualTo(new SegmentReply.Appended(other, 0, SegmentCommand.NO_VALUE, 3));
        assertThat(rig.append("s", 6, "d")).isEqualTo(new SegmentReply.Appended(WRITER, 6, 5, 4));
    }

    @Test
    void refusesNumbersThatDoNotGrow() {
        rig.open("s");
        rig.append("s", 5, "abc");
        for (long number : new long[] {5, 4, -1, Long.MIN_VALUE}) {
            assertThat(rig.append("s", number, "x")).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, number));
        }
        assertThat(rig.info("s").length()).isEqualTo(3);
    }

    @Test
    void theLastConnectionToSetUpOwnsTheWriter() {
        rig.create("s");
        assertThat(rig.append("s", 1, "x")).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 1));
        rig.setUp("s");
        rig.append("s", 1, "x");
        rig.get(new SegmentCommand.SetupAppend("s", WRITER, 2));
        assertThat(rig.append("s", 2, "y")).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 2));
        rig.ask(new SegmentCommand.Disconnected(CONNECTION));
        assertThat(rig.get(append(2, 2, 1, -1, 1))).isEqualTo(new SegmentReply.Appended(WRITER, 2, 1, 2));
        rig.crash();
        assertThat(rig.get(append(2, 3, 1, -1, 1))).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 3));
    }

    @Test
    void checksInOrder() {
        assertThat(rig.get(append(2, 0, 0, 99, 1))).isEqualTo(new SegmentReply.NoSuchSegment("s"));
        rig.open("s");
        rig.append("s", 1, "x");
        assertThat(rig.get(append(CONNECTION, 1, 1, 99, 1))).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 1));
        assertThat(rig.get(append(2, 2, 1, 99, 1))).isEqualTo(new SegmentReply.InvalidEventNumber(WRITER, 2));
        assertThat(rig.get(append(CONNECTION, 2, 1, 99, 1))).isEqualTo(new SegmentReply.ConditionFailed(WRITER, 2));
        rig.get(new SegmentCommand.Seal("s"));
        assertThat(rig.get(append(2, 0, 1, 99, 1))).isEqualTo(new SegmentReply.Sealed("s"));
    }

    @Test
    void aFailedConditionLeavesTheWriterWhereItWas() {
        rig.open("s");
        assertThat(rig.get(append(CONNECTION, 4, 1, 0, 7)))
                .isEqualTo(new SegmentReply.Appended(WRITER, 4, SegmentCommand.NO_VALUE, 7));
        assertThat(rig.get(append(CONNECTION, 5, 1, 0, 7))).isEqualTo(new SegmentReply.ConditionFailed(WRITER, 5));
        assertThat(rig.attribute("s", WRITER)).isEqualTo(4);
        assertThat(rig.get(append(CONNECTION, 5, 1, 7, 1))).isEqualTo(new SegmentReply.Appended(WRITER, 5, 4, 8));
    }

    @Test
    void refusesNonsense() {
        rig.open("s");
        assertThat(rig.get(append(CONNECTION, 1, 0, -1, 1))).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.get(new SegmentCommand.SetupAppend("s", new UUID(Long.MIN_VALUE, 1), CONNECTION)))
                .isInstanceOf(SegmentReply.BadArgument.class);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                SegmentRecord.Append.MAX_DATA - 1,
                SegmentRecord.Append.MAX_DATA,
                SegmentRecord.Append.MAX_DATA + 1,
                SegmentRecord.AppendPart.MAX_DATA - 1,
                SegmentRecord.AppendPart.MAX_DATA,
                SegmentRecord.AppendPart.MAX_DATA + 1,
                SegmentRecord.AppendPart.MAX_DATA + SegmentRecord.Append.MAX_DATA,
                SegmentRecord.AppendPart.MAX_DATA + SegmentRecord.Append.MAX_DATA + 1,
                Frame.MAX_BYTES,
                (8 << 20) + 8,
                (16 << 20) - 100
            })
    void appendsOfAnySizeAreAtomic(int size) {
        rig.open("s");
        rig.append("s", 1, "before");
        byte[] large = new byte[size];
        new Random(size).nextBytes(large);
        Answer waiting = rig.read("s", 6);
        rig.log.paused = true;
        Answer answer = rig.ask(Rig.appending("s", 2, large));
        int frames = rig.log.unsynced();
        rig.log.sync(frames - 1);
        rig.run();
        assertThat(answer.isPending()).isTrue();
        assertThat(waiting.isPending()).isTrue();
        assertThat(rig.read("s", 0).text()).as("committed data only").isEqualTo("before");
        rig.crash();
        assertThat(rig.info("s").length()).as("no part survives alone").isEqualTo(6);
        assertThat(rig.setUp("s")).isEqualTo(new SegmentReply.AppendReady(1));

        Answer again = rig.read("s", 6);
        assertThat(rig.get(Rig.appending("s", 2, large))).isEqualTo(new SegmentReply.Appended(WRITER, 2, 1, 6L + size));
        assertThat(again.isPending()).isFalse();
        assertThat(rig.readAll("s", 6, 6L + size)).isEqualTo(large);
        assertThat(rig.attribute("s", EVENT_COUNT)).isEqualTo(2);
        rig.crash();
        assertThat(rig.readAll("s", 6, 6L + size)).as("read from the log").isEqualTo(large);
        rig.handOver();
        assertThat(rig.readAll("s", 6, 6L + size)).as("found from the snapshot").isEqualTo(large);
    }
}
