/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.segments.Chunk.Source;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.tables.Table;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableRecord;
import io.headrace.engine.tables.TableRecord.Put.Stored;
import io.headrace.engine.tables.TableRecord.Remove.Removed;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that each version of each durable format wrote. They must stay readable for ever: a test here may get company; it
 * may be changed only where it says what the newest version writes.
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

    private static final String SNAPSHOT_BYTES_1 = """
            01 05 02
            01 05 732f742f30 01 01 e807 8020 d00f 16 04 04 03
            02 0000000000000005 0000000000000006 05 0000000000001112 0000000000002122 12
            02 01 02 1a d902 03 02 bd03
            03 01 74 02 00 00 00 e40f 00 00 00 00 00 00
            """;

    /** What followed on the records above when there were tables. */
    private static final List<LogRecord> TABLE_RECORDS = List.of(
            new SegmentRecord.CreateTable(5, 1012, 3, 77, "s/t_kvtable/0"),
            new SegmentRecord.CreateTable(6, 1013, 0, 0, "_system/_tables/a"),
            new TableRecord.Put(
                    5,
                    1014,
                    0,
                    List.of(new Stored(-1, text("abc"), text("de")), new Stored(-1, text("abd"), text("")))),
            new TableRecord.Put(5, 1015, 42, List.of(new Stored(20, text("abd"), text("f")))),
            new TableRecord.Put(6, 1016, 0, List.of(new Stored(-1, text("x"), text("1")))),
            new TableRecord.PutPart(6, 1017, text("23")),
            new TableRecord.Put(
                    6, 1017, 19, List.of(new Stored(0, text("x"), text("4")), new Stored(-1, text("yy"), text("5")))),
            new TableRecord.Put(6, 1018, 60, List.of(new Stored(-1, text("z"), text("")))),
            new TableRecord.Remove(6, 1019, 78, List.of(new Removed(60, text("z")))),
            new SegmentRecord.Seal(5, 1020));

    private static final String TABLE_RECORD_BYTES = """
            20 01000000000000000500000000000003f400000003000000000000004d000d732f745f6b767461626c652f30
            20 01000000000000000600000000000003f50000000000000000000000000011""" + """
            5f73797374656d2f5f7461626c65732f61
            21 01000000000000000500000000000003f6000000000000000000000002""" + """
            ffffffffffffffff0003000000026162636465ffffffffffffffff000300000000616264
            21 01000000000000000500000000000003f7000000000000002a000000010000000000000014000300000001""" + """
            61626466
            21 01000000000000000600000000000003f8000000000000000000000001ffffffffffffffff0001000000017831
            22 01000000000000000600000000000003f93233
            21 01000000000000000600000000000003f90000000000000013000000020000000000000000000100000001""" + """
            7834ffffffffffffffff000200000001797935
            21 01000000000000000600000000000003fa000000000000003c00000001ffffffffffffffff0001000000007a
            23 01000000000000000600000000000003fb000000000000004e00000001000000000000003c00017a
            4 01000000000000000500000000000003fc
            """;

    private static final String SNAPSHOT_BYTES = """
            02 07 04
            01 05 732f742f30 01 01 e807 8020 d00f 16 04 04 03
            02 0000000000000005 0000000000000006 05 0000000000001112 0000000000002122 12
            02 01 02 1a d902 03 02 bd03
            03 01 74 02 00 00 00 e40f 00 00 00 00 00 00
            01 0d 732f745f6b767461626c652f30 05 00 00 4d e80f 10 00 00 00 00 00 03 3f 02
            01 11 5f73797374656d2f5f7461626c65732f61 04 00 00 00 ea0f 0c 00 00 00 00 00 00 60 02
            03
            0a 02 03 616263 0a 0000000000000000 6465 03 616264 09 000000000000002a 66
            02 02 01 78 0b 0000000000000013 323334 02 7979 09 0000000000000028 35
            01 02 08 0000000000000013 01 78 08 0000000000000028 02 7979
            """;

    private static final List<SegmentRecord> CALL_RECORDS = List.of(
            new SegmentRecord.Called(1000, 2, 3, new Progress(400, List.of())),
            new SegmentRecord.Called(7, 2, 3, new Progress(5, List.of(4L))),
            new SegmentRecord.Called(7, 1, 1, new Progress(600, List.of(1L, 599L))),
            new SegmentRecord.Called(7, 2, 4, new Progress(1, List.of())));

    private static final String CALL_RECORD_BYTES = """
            10 01000000000000000003e8000000020000000000000003000000000000019000000000
            10 01000000000000000000070000000200000000000000030000000000000005000000010000000000000004
            10 010000000000000000000700000001000000000000000100000000000002580000000200000000000000010000000000000257
            10 0100000000000000000007000000020000000000000004000000000000000100000000
            """;

    private static final String SNAPSHOT_BYTES_3 = """
            03 07 04
            01 05 732f742f30 01 01 e807 8020 d00f 16 04 04 03
            02 0000000000000005 0000000000000006 05 0000000000001112 0000000000002122 12
            02 01 02 1a d902 03 02 bd03
            03 01 74 02 00 00 00 e40f 00 00 00 00 00 00
            01 0d 732f745f6b767461626c652f30 05 00 00 4d e80f 10 00 00 00 00 00 03 3f 02
            01 11 5f73797374656d2f5f7461626c65732f61 04 00 00 00 ea0f 0c 00 00 00 00 00 00 60 02
            03
            0a 02 03 616263 0a 0000000000000000 6465 03 616264 09 000000000000002a 66
            02 02 01 78 0b 0000000000000013 323334 02 7979 09 0000000000000028 35
            01 02 08 0000000000000013 01 78 08 0000000000000028 02 7979
            03 07 01 01 d804 02 d704 01 07 02 04 01 00 e807 02 03 9003 00
            """;

    private static final List<TierRecord> TIER_RECORDS = List.of(
            new TierRecord.Storage(0x1234, "id-\u00e9"),
            new TierRecord.Flushed(1, 3, 5, 9, 2, 100),
            new TierRecord.Flushed(1, 5, 8, 9, 2, 102),
            new TierRecord.ChunkSealed(9),
            new TierRecord.ChunkGivenUp(10, 2),
            new TierRecord.JoinBegun(1, 11, 3, List.of(new Source(9, 105))),
            new TierRecord.JoinEnded(11, true),
            new TierRecord.ChunkGivenUp(12, 3),
            new TierRecord.ChunkDeleted(10),
            new TierRecord.JoinBegun(1, 13, 3, List.of(new Source(11, 105))));

    private static final String TIER_RECORD_BYTES = """
            30 0100000000000000000000000000001234000569642dc3a9
            31 010000000000000001000000000000000300000000000000050000000000000009000000000000000200000064
            31 010000000000000001000000000000000500000000000000080000000000000009000000000000000200000066
            32 0100000000000000000000000000000009
            33 010000000000000000000000000000000a0000000000000002
            35 010000000000000001000000000000000b000000000000000300000001000000000000000900000069
            36 010000000000000000000000000000000b01
            33 010000000000000000000000000000000c0000000000000003
            34 010000000000000000000000000000000a
            35 010000000000000001000000000000000d000000000000000300000001000000000000000b00000069
            """;

    private static final String SNAPSHOT_BYTES_4 = """
            04 07 05 69642dc3a9 0000000000001234 0e
            04
            09 02 69 01 00
            02 03 69 01 00
            01 03 00 01 00
            01 03 00 01 01 0b 69
            04
            01 05 732f742f30 01 01 e807 8020 d00f 16 04 04 03
            02 0000000000000005 0000000000000006 05 0000000000001112 0000000000002122 12
            01 01 05 01 16 64
            03 01 74 02 00 00 00 e40f 00 00 00 00 00 00
            01 0d 732f745f6b767461626c652f30 05 00 00 4d e80f 10 00 00 00 00 00 03 3f 02
            01 11 5f73797374656d2f5f7461626c65732f61 04 00 00 00 ea0f 0c 00 00 00 00 00 00 60 02
            00
            03 07 01 01 d804 02 d704 01 07 02 04 01 00 e807 02 03 9003 00
            """;

    private static final String SNAPSHOT_BYTES_5 = """
            05 07 05 69642dc3a9 0000000000001234 0e
            04
            09 02 69 01 00 00
            02 03 69 01 00 01 01
            01 03 00 01 00 00
            01 03 00 01 01 0b 69 00
            04 04 00
            00
            03 07 01 01 d804 02 d704 01 07 02 04 01 00 e807 02 03 9003 00
            """;

    private static final String SNAPSHOT_BYTES_6 = """
            06 07 05 69642dc3a9 0000000000001234 0e
            04 00
            01 0d 03 01 01 0b 69
            04 04 00
            00
            03 07 01 01 d804 02 d704 01 07 02 04 01 00 e807 02 03 9003 00
            """;

    /** Map, key and value of each row of segments beside the last two snapshots but the entries of tables. */
    private static final String ROWS = """
            8000000000000000 0000000000000004 04
            0 5f73797374656d2f5f7461626c65732f61 0000000000000006
            0 732f742f30 0000000000000001
            0 732f745f6b767461626c652f30 0000000000000005
            0 74 0000000000000004
            1 0000000000000001 0105732f742f300101e8078020d00f16040403020000000000""" + """
            00000500000000000000060500000000000011120000000000002122""" + """
            12010105011664
            1 0000000000000004 01017402000000e40f000000000000
            1 0000000000000005 010d732f745f6b767461626c652f300500004de80f100000000000033f02
            1 0000000000000006 01115f73797374656d2f5f7461626c65732f6104000000ea0f0c0000000000006002
            """;

    /** The same of chunks, beside the last one only. */
    private static final String CHUNK_ROWS = """
            7ffffffffffffffe 0000000000000009 010269
            7ffffffffffffffe 000000000000000b 010369
            7ffffffffffffffe 000000000000000c 010300
            7fffffffffffffff 0000000000000009\s
            7fffffffffffffff 000000000000000c\s
            """;

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String hex(LogRecord record) {
        ByteBuf out = Unpooled.buffer();
        record.write(out);
        assertThat(out.readableBytes()).as("%s", record).isEqualTo(record.size());
        return record.type() + " " + ByteBufUtil.hexDump(out);
    }

    /** A state that recorded bytes lead to, record n standing in frame 10 + n at position 100 * n. */
    private static SegmentsState replayed(String... bytes) {
        SegmentsState state = new SegmentsState(1);
        int n = 0;
        for (String line : String.join("", bytes).lines().toList()) {
            int space = line.indexOf(' ');
            ByteBuf body = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(line.substring(space + 1)));
            state.apply(Integer.parseInt(line.substring(0, space)), body, 10 + n, 100 * n);
            n++;
        }
        return state;
    }

    private static void check(SegmentsState state) {
        assertThat(state.count()).isEqualTo(2);
        assertThat(state.nextId()).isEqualTo(5);
        checkBytes(state);
    }

    private static void checkBytes(SegmentsState state) {
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

    private static void checkWithTables(SegmentsState state) {
        checkBytes(state);
        assertThat(state.count()).isEqualTo(4);
        assertThat(state.nextId()).isEqualTo(7);
        Segment fixed = state.find("s/t_kvtable/0");
        assertThat(fixed).isNotNull();
        if (fixed == null || fixed.table == null) {
            throw new AssertionError("no table");
        }
        assertThat(fixed.sealed).isTrue();
        assertThat(fixed.rolloverBytes).isEqualTo(77);
        assertThat(fixed.lastModifiedMillis).isEqualTo(1020);
        assertThat(execute(fixed.table, new TableCommand.GetInfo())).isEqualTo(new TableReply.Info(63, 2, 3));
        assertThat(execute(fixed.table, new TableCommand.Get(List.of(text("abd"), text("abe")))))
                .isEqualTo(new TableReply.Entries(List.of(
                        new TableEntry(text("abd"), 42, text("f")), new TableEntry(text("abe"), -1, text("")))));
        Segment hashed = state.find("_system/_tables/a");
        if (hashed == null || hashed.table == null) {
            throw new AssertionError("no table");
        }
        assertThat(execute(hashed.table, new TableCommand.GetInfo())).isEqualTo(new TableReply.Info(96, 2, 0));
        assertThat(execute(hashed.table, new TableCommand.ReadChanges(0, 10)))
                .isEqualTo(new TableReply.Changes(
                        List.of(new TableEntry(text("x"), 19, text("234")), new TableEntry(text("yy"), 40, text("5"))),
                        true,
                        96));
    }

    private static TableReply execute(Table table, TableCommand command) {
        return table.execute(command, 0, record -> {});
    }

    @Test
    void recordsAreWrittenAsEver() {
        assertThat(RECORDS.stream().map(FormatTest::hex).toList())
                .isEqualTo(RECORD_BYTES.lines().toList());
    }

    @Test
    void recordsAreReadAsEver() {
        check(replayed(RECORD_BYTES));
    }

    @Test
    void recordsOfTablesAreWrittenAsEver() {
        assertThat(TABLE_RECORDS.stream().map(FormatTest::hex).toList())
                .isEqualTo(TABLE_RECORD_BYTES.lines().toList());
    }

    @Test
    void recordsOfTablesAreReadAsEver() {
        checkWithTables(replayed(RECORD_BYTES, TABLE_RECORD_BYTES));
    }

    @Test
    void recordsOfCallsAreWrittenAsEver() {
        assertThat(CALL_RECORDS.stream().map(FormatTest::hex).toList())
                .isEqualTo(CALL_RECORD_BYTES.lines().toList());
    }

    @Test
    void recordsOfCallsAreReadAsEver() {
        checkCalls(replayed(RECORD_BYTES, CALL_RECORD_BYTES));
    }

    private static void checkCalls(SegmentsState state) {
        List<String> marks = new ArrayList<>();
        state.calls()
                .forEach((slot, caller, owner, progress) ->
                        marks.add(slot + " " + caller + " " + owner + " " + progress.issued() + progress.open()));
        assertThat(marks).containsExactly("7 1 1 600[1, 599]", "7 2 4 1[]", "1000 2 3 400[]");
    }

    @Test
    void theNewestSnapshotIsWrittenAsEver() {
        SegmentsState state = replayed(RECORD_BYTES, TABLE_RECORD_BYTES, CALL_RECORD_BYTES, TIER_RECORD_BYTES);
        state.changed().writeAll();
        ByteBuf out = Unpooled.buffer();
        Snapshot.write(state, out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(SNAPSHOT_BYTES_6.replaceAll("\\s", ""));
        assertThat(rows(state))
                .containsExactlyElementsOf((ROWS + CHUNK_ROWS).lines().toList());
    }

    /** Map, key and value of all rows but the entries of tables. */
    private static List<String> rows(SegmentsState state) {
        List<String> rows = new ArrayList<>();
        state.keyed()
                .layers()
                .forEach(layer -> layer.forEach((map, key, value) -> {
                    if ((map < 2 || map >= ChunkRows.COMPLETE) && value != null) {
                        rows.add(Long.toHexString(map) + " " + ByteBufUtil.hexDump(key) + " "
                                + ByteBufUtil.hexDump(value));
                    }
                }));
        return rows;
    }

    @Test
    void theNewestSnapshotAndRowsAreReadAsEver() {
        checkSnapshotWithRows(SNAPSHOT_BYTES_6, ROWS + CHUNK_ROWS);
    }

    @Test
    void aSnapshotWithAllChunksAndRowsAreReadAsEver() {
        checkSnapshotWithRows(SNAPSHOT_BYTES_5, ROWS);
    }

    private static void checkSnapshotWithRows(String snapshot, String rows) {
        SegmentsState state = new SegmentsState(1);
        HeapBase base = new HeapBase();
        for (String row : rows.lines().toList()) {
            String[] parts = row.split(" ", -1);
            base.put(
                    Long.parseUnsignedLong(parts[0], 16),
                    ByteBufUtil.decodeHexDump(parts[1]),
                    ByteBufUtil.decodeHexDump(parts[2]));
        }
        state.keyed().attach(base);
        Snapshot.read(bytes(snapshot), state);
        checkChunks(state);
        checkCalls(state);
        assertThat(state.count()).isEqualTo(4);
        assertThat(state.nextId()).isEqualTo(7);
        assertThat(state.bytes()).isEqualTo(4);
        assertThat(state.rows().nextMarked(1, SegmentRows.TRANSIENT)).isEqualTo(new SegmentRows.Marked(4, 5));
    }

    @Test
    void framesInUseAreReadAsEver() {
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(bytes("05 03 00 0000000000000000 01 00 01 b008 b008 02 0a 02 ff01 01 00"), state);
        assertThat(state.logBytes()).isEqualTo(0x430);
        List<String> frames = new ArrayList<>();
        state.frames().forEach((frame, extents) -> frames.add(frame + " " + extents));
        assertThat(frames).containsExactly("10 2", "265 1");
        assertThat(state.frames().extents()).isEqualTo(3);
    }

    @Test
    void manyAttributesAreRowsOfTheirOwn() {
        SegmentsState state = replayed(RECORD_BYTES);
        Segment segment = state.find("s/t/0");
        if (segment == null) {
            throw new AssertionError("no segment");
        }
        for (int i = 0; i < Attributes.MAX_INLINE; i++) {
            segment.attributes.put(6, i, i, state.keyed());
        }
        state.changed().add(segment);
        state.changed().writeAll();
        assertThat(rows(state))
                .contains(
                        "8000000000000001 00000000000000050000000000000006 fffffffffffffffd",
                        "8000000000000001 00000000000000060000000000000003 0000000000000003",
                        "1 0000000000000001 0105732f742f300901e8078020d00f1604040300020102001ad902030002bd03");
    }

    @Test
    void recordsOfChunksAreWrittenAsEver() {
        assertThat(TIER_RECORDS.stream().map(FormatTest::hex).toList())
                .isEqualTo(TIER_RECORD_BYTES.lines().toList());
    }

    @Test
    void recordsOfChunksAreReadAsEver() {
        checkChunks(replayed(RECORD_BYTES, TABLE_RECORD_BYTES, CALL_RECORD_BYTES, TIER_RECORD_BYTES));
    }

    @Test
    void aSnapshotWithChunksIsReadAsEver() {
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(bytes(SNAPSHOT_BYTES_4), state);
        checkChunks(state);
        checkCalls(state);
    }

    private static void checkChunks(SegmentsState state) {
        Chunks chunks = state.chunks();
        assertThat(chunks.storage()).isEqualTo("id-\u00e9");
        assertThat(chunks.tag()).isEqualTo(0x1234);
        assertThat(chunks.next()).isEqualTo(14);
        assertThat(chunks.count()).isEqualTo(4);
        assertThat(chunks.growing()).isEmpty();
        assertThat(shown(chunks.find(11))).isEqualTo("11 of 3: 105 bytes");
        assertThat(chunks.rows().unused(10).stream().map(FormatTest::shown))
                .containsExactly("9 of 2: 105 bytes", "12 of 3: 0 bytes");
        assertThat(chunks.joins()).hasSize(1);
        ChunkJoin join = chunks.joins().iterator().next();
        assertThat(join.number + " of " + join.epoch + " for " + join.segment + " from " + join.sources)
                .isEqualTo("13 of 3 for 1 from [Source[chunk=11, length=105]]");
        assertThat(state.logBytes()).isZero();
        assertThat(state.oldestFrame()).isEqualTo(Long.MAX_VALUE);
        Segment segment = state.find("s/t/0");
        if (segment == null || segment.extents == null) {
            throw new AssertionError("no data");
        }
        assertThat(segment.extents.count()).isEqualTo(1);
        assertThat(segment.extents.offset(0)).isEqualTo(3);
        assertThat(segment.extents.isInChunk(0)).isTrue();
        assertThat(segment.extents.chunk(0)).isEqualTo(11);
        assertThat(segment.extents.chunkOffset(0)).isEqualTo(100);
    }

    private static String shown(@Nullable Chunk chunk) {
        return chunk == null ? "none" : chunk.number + " of " + chunk.epoch + ": " + chunk.length + " bytes";
    }

    @Test
    void chunksThatMayGrowAreInTheSnapshot() {
        SegmentsState state =
                replayed(RECORD_BYTES, TIER_RECORD_BYTES.lines().limit(3).collect(joining("\n")));
        assertThat(state.chunks().growing().stream().map(FormatTest::shown)).containsExactly("9 of 2: 105 bytes");
        ByteBuf out = Unpooled.buffer();
        state.changed().writeAll();
        Snapshot.write(state, out);
        SegmentsState restored = new SegmentsState(1);
        Snapshot.read(out, restored);
        Chunk chunk = restored.chunks().growing(9);
        assertThat(shown(chunk)).isEqualTo("9 of 2: 105 bytes");
        assertThat(chunk == null ? 0 : chunk.segment).isEqualTo(1);
        assertThat(restored.chunks().count()).isEqualTo(1);
        state.chunks().unused(new TreeSet<>(List.of(9L)), 7);
        assertThat(state.chunks().growing()).isEmpty();
        assertThat(state.chunks().rows().isUnused(9)).isTrue();
        assertThat(state.chunks().unusedIn()).isEqualTo(7);
    }

    @Test
    void aSnapshotWithCallsIsReadAsEver() {
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(bytes(SNAPSHOT_BYTES_3), state);
        checkWithTables(state);
        checkCalls(state);
    }

    private static ByteBuf bytes(String snapshot) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(snapshot.replaceAll("\\s", "")));
    }

    @Test
    void aSnapshotIsReadAsEver() {
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(bytes(SNAPSHOT_BYTES_1), state);
        check(state);
    }

    @Test
    void aSnapshotWithTablesIsReadAsEver() {
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(bytes(SNAPSHOT_BYTES), state);
        checkWithTables(state);
    }

    @Test
    void anEmptyStateHasASnapshot() {
        ByteBuf out = Unpooled.buffer();
        Snapshot.write(new SegmentsState(1), out);
        SegmentsState state = new SegmentsState(1);
        Snapshot.read(out, state);
        assertThat(state.count()).isZero();
        assertThat(state.nextId()).isEqualTo(1);
        assertThat(state.oldestFrame()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SNAPSHOT_BYTES_1,
                SNAPSHOT_BYTES,
                SNAPSHOT_BYTES_3,
                SNAPSHOT_BYTES_4,
                SNAPSHOT_BYTES_5,
                SNAPSHOT_BYTES_6
            })
    void noCutSnapshotIsTakenForAWholeOne(String snapshot) {
        ByteBuf whole = bytes(snapshot);
        for (int length = 0; length < whole.readableBytes(); length++) {
            ByteBuf cut = whole.slice(0, length);
            assertThatThrownBy(() -> Snapshot.read(cut, new SegmentsState(1))).isInstanceOf(RuntimeException.class);
        }
        ByteBuf longer = Unpooled.wrappedBuffer(whole, Unpooled.wrappedBuffer(new byte[1]));
        assertThatThrownBy(() -> Snapshot.read(longer, new SegmentsState(1))).isInstanceOf(LogException.class);
    }

    @Test
    void aSnapshotOfALaterVersionIsRefused() {
        ByteBuf later = bytes(SNAPSHOT_BYTES_6).setByte(0, 7);
        assertThatThrownBy(() -> Snapshot.read(later, new SegmentsState(1)))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("version is 7");
    }

    @ParameterizedTest
    @CsvSource({
        "4, 02, version 2",
        "21, 02, version 2",
        "99, 01, type 99",
        "4, 0100000000000000090000000000000001, number 9",
        "21, 0100000000000000090000000000000001, number 9"
    })
    void recordsThatCannotBeAppliedAreRefused(int type, String body, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(body));
        assertThatThrownBy(() -> new SegmentsState(1).apply(type, bytes, 1, 0))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(message);
    }
}
