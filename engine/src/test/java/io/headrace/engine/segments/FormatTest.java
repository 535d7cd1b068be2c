/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes that version 1 of each durable format wrote. They must stay readable for ever: a test here may get company, it
 * may not be changed.
 */
class FormatTest {
    private static final long NO_VALUE = SegmentCommand.NO_VALUE;

    private static final List<SegmentRecord> RECORDS = List.of(
            new SegmentRecord.Create(1, 1000, false, 2, 77, 4096, "s/t/0"),
            new SegmentRecord.Create(2, 1001, true, 0, 0, 0, "ü"),
            new SegmentRecord.AppendPart(1, text("abc")),
            new SegmentRecord.Append(1, 1002, 0x1112L, 0x2122L, 9, 3, text("de")),
            new SegmentRecord.Append(2, 1003, 7, 8, 0, 1, text("xyz")),
            new SegmentRecord.Merge(1, 1004, 2),
            new SegmentRecord.SetAttribute(1, 1005, 5, 6, -3),
            new SegmentRecord.SetAttribute(1, 1005, 5, 7, 4),
            new SegmentRecord.SetAttribute(1, 1005, 5, 7, NO_VALUE),
            new SegmentRecord.SetPolicy(1, 1006, 1, 500),
            new SegmentRecord.Truncate(1, 1007, 4),
            new SegmentRecord.Create(3, 1008, false, 0, 0, 0, "gone"),
            new SegmentRecord.Delete(3, 1009),
            new SegmentRecord.Create(4, 1010, true, 0, 0, 0, "t"),
            new SegmentRecord.Seal(1, 1011));

    /** Type and body of each of the records above. */
    private static final String RECORD_BYTES = """
            1 01000000000000000100000000000003e800020000004d00000000000010000005732f742f30
            1 01000000000000000200000000000003e901000000000000000000000000000002c3bc
            3 010000000000000001616263
            2 01000000000000000100000000000003ea000000000000111200000000000021220000000000000009000000036465
            2 01000000000000000200000000000003eb0000000000000007000000000000000800000000000000000000000178797a
            7 01000000000000000100000000000003ec0000000000000002
            8 01000000000000000100000000000003ed00000000000000050000000000000006fffffffffffffffd
            8 01000000000000000100000000000003ed000000000000000500000000000000070000000000000004
            8 01000000000000000100000000000003ed000000000000000500000000000000078000000000000000
            9 01000000000000000100000000000003ee01000001f4
            5 01000000000000000100000000000003ef0000000000000004
            1 01000000000000000300000000000003f000000000000000000000000000000004676f6e65
            6 01000000000000000300000000000003f1
            1 01000000000000000400000000000003f20100000000000000000000000000000174
            4 01000000000000000100000000000003f3
            """;

    private static final String SNAPSHOT_BYTES = """
            01 05 02
            01 05 732f742f30 01 01 e807 8020 d00f 16 04 04 03
            02 0000000000000005 0000000000000006 05 0000000000001112 0000000000002122 12
            02 01 02 1a d902 03 02 bd03
            03 01 74 02 00 00 00 e40f 00 00 00 00 00 00
            """;

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String hex(SegmentRecord record) {
        ByteBuf out = Unpooled.buffer();
        record.write(out);
        assertThat(out.readableBytes()).as("%s", record).isEqualTo(record.size());
        return record.type() + " " + ByteBufUtil.hexDump(out);
    }

    /** A state that the recorded bytes lead to, record n standing in frame 10 + n at position 100 * n. */
    private static SegmentsState replayed() {
        SegmentsState state = new SegmentsState();
        int n = 0;
        for (String line : RECORD_BYTES.lines().toList()) {
            int space = line.indexOf(' ');
            ByteBuf body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(line.substring(space + 1)));
            state.apply(Integer.parseInt(line.substring(0, space)), body, 10 + n, 100 * n);
            n++;
        }
        return state;
    }

    private static void check(SegmentsState state) {
        assertThat(state.count()).isEqualTo(2);
        assertThat(state.transientCount()).isEqualTo(1);
        assertThat(state.nextId()).isEqualTo(5);
        assertThat(state.bytes()).isEqualTo(4);
        assertThat(state.oldestFrame()).isEqualTo(13);
        Segment segment = state.find("s/t/0");
        assertThat(segment).isNotNull();
        if (segment == null) {
            return;
        }
        assertThat(segment.id).isEqualTo(1);
        assertThat(segment.isTransient).isFalse();
        assertThat(segment.sealed).isTrue();
        assertThat(segment.createdMillis).isEqualTo(1000);
        assertThat(segment.lastModifiedMillis).isEqualTo(1011);
        assertThat(segment.rolloverBytes).isEqualTo(4096);
        assertThat(segment.scaleType).isEqualTo(1);
        assertThat(segment.targetRate).isEqualTo(500);
        assertThat(segment.startOffset).isEqualTo(4);
        assertThat(segment.length).isEqualTo(8);
        assertThat(segment.eventCount).isEqualTo(3);
        assertThat(segment.attribute(0x1112L, 0x2122L)).isEqualTo(9);
        assertThat(segment.attribute(5, 6)).isEqualTo(-3);
        assertThat(segment.attribute(5, 7)).isEqualTo(NO_VALUE);
        assertThat(segment.attribute(7, 8))
                .as("writers of a source do not move")
                .isEqualTo(NO_VALUE);
        Extents extents = segment.extents;
        assertThat(extents).isNotNull();
        if (extents == null) {
            return;
        }
        List<List<Long>> found = new ArrayList<>();
        for (int i = 0; i < extents.count(); i++) {
            found.add(List.of(extents.offset(i), extents.frame(i), (long) extents.position(i)));
        }
        assertThat(found).containsExactly(List.of(3L, 13L, 345L), List.of(5L, 14L, 445L));
        Segment other = state.find("t");
        assertThat(other != null && other.isTransient && other.id == 4 && other.length == 0)
                .isTrue();
    }

    @Test
    void recordsAreWrittenAsEver() {
        assertThat(RECORDS.stream().map(FormatTest::hex).toList())
                .isEqualTo(RECORD_BYTES.lines().toList());
    }

    @Test
    void recordsAreReadAsEver() {
        check(replayed());
    }

    @Test
    void aSnapshotIsWrittenAsEver() {
        ByteBuf out = Unpooled.buffer();
        Snapshot.write(replayed(), out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(SNAPSHOT_BYTES.replaceAll("\\s", ""));
    }

    private static ByteBuf snapshot() {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(SNAPSHOT_BYTES.replaceAll("\\s", "")));
    }

    @Test
    void aSnapshotIsReadAsEver() {
        SegmentsState state = new SegmentsState();
        Snapshot.read(snapshot(), state);
        check(state);
    }

    @Test
    void anEmptyStateHasASnapshot() {
        ByteBuf out = Unpooled.buffer();
        Snapshot.write(new SegmentsState(), out);
        SegmentsState state = new SegmentsState();
        Snapshot.read(out, state);
        assertThat(state.count()).isZero();
        assertThat(state.nextId()).isEqualTo(1);
        assertThat(state.oldestFrame()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noCutSnapshotIsTakenForAWholeOne() {
        ByteBuf whole = snapshot();
        for (int length = 0; length < whole.readableBytes(); length++) {
            ByteBuf cut = whole.slice(0, length);
            assertThatThrownBy(() -> Snapshot.read(cut, new SegmentsState())).isInstanceOf(RuntimeException.class);
        }
        ByteBuf longer = Unpooled.wrappedBuffer(whole, Unpooled.wrappedBuffer(new byte[1]));
        assertThatThrownBy(() -> Snapshot.read(longer, new SegmentsState())).isInstanceOf(LogException.class);
    }

    @Test
    void aSnapshotOfALaterVersionIsRefused() {
        ByteBuf later = snapshot().setByte(0, 2);
        assertThatThrownBy(() -> Snapshot.read(later, new SegmentsState()))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("version is 2");
    }

    @ParameterizedTest
    @CsvSource({"4, 02, version 2", "99, 01, type 99", "4, 0100000000000000090000000000000001, number 9"})
    void recordsThatCannotBeAppliedAreRefused(int type, String body, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(body));
        assertThatThrownBy(() -> new SegmentsState().apply(type, bytes, 1, 0))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(message);
    }
}
