/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.Row.Emitted;
import io.headrace.engine.streams.Row.MarkRow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Bytes that clients read, and bytes that version 1 of the row of marks wrote: they must stay as they are. */
class WatermarkFormatTest {

    private static EpochGraph graph(SegmentRange... segments) {
        EpochGraph graph = new EpochGraph();
        graph.add(new Epoch(0, 0, 1, List.of(segments)));
        return graph;
    }

    private static void assertEntry(Watermark watermark, EpochGraph graph, String hex) {
        String bytes = hex.replaceAll("\\s", "");
        assertThat(ByteBufUtil.hexDump(WatermarkEntry.write(watermark, graph))).isEqualTo(bytes);
        assertThat(WatermarkEntry.length(watermark)).isEqualTo(bytes.length() / 2);
    }

    @Test
    void anEntry() {
        assertEntry(new Watermark(1_000, 1_000, cut(0, 40)), graph(new SegmentRange(0, 0, 1)), """
                00000000 00000041
                000001 00 00000039 00000000000003e8 00000000000003e8 01
                000001 00 00000018 0000000000000000 0000000000000000 3ff0000000000000 0000000000000028
                """);
    }

    @Test
    void anEntryOfSegmentsOfTwoEpochs() {
        EpochGraph graph = EpochGraphTest.example();
        assertEntry(new Watermark(-1, Long.MAX_VALUE, cut(id(2, 1), 7, id(3, 1), 0, id(1, 0), 258)), graph, """
                00000000 00000091
                000001 00 00000089 ffffffffffffffff 7fffffffffffffff 03
                000001 00 00000018 0000000000000001 3fe0000000000000 3ff0000000000000 0000000000000102
                000001 00 00000018 0000000100000002 0000000000000000 3fd0000000000000 0000000000000007
                000001 00 00000018 0000000100000003 3fd0000000000000 3fe0000000000000 0000000000000000
                """);
    }

    @Test
    void countsOfAnyLength() {
        for (int count : new int[] {127, 128, 10_000, 16_383, 16_384}) {
            List<SegmentRange> segments = new ArrayList<>();
            TreeMap<Long, Long> offsets = new TreeMap<>();
            for (SegmentRange range : Transition.equalRanges(count)) {
                offsets.put((long) segments.size(), 1L);
                segments.add(new SegmentRange(segments.size(), range.low(), range.high()));
            }
            Watermark watermark = new Watermark(1, 2, new StreamCut(offsets));
            ByteBuf entry = WatermarkEntry.write(watermark, graph(segments.toArray(new SegmentRange[0])));
            String expected =
                    switch (count) {
                        case 127 -> "7f";
                        case 128 -> "8080";
                        case 10_000 -> "a710";
                        case 16_383 -> "bfff";
                        default -> "c0004000";
                    };
            assertThat(ByteBufUtil.hexDump(entry, 32, expected.length() / 2)).isEqualTo(expected);
            assertThat(entry.readableBytes())
                    .isEqualTo(WatermarkEntry.length(watermark))
                    .isEqualTo(32 + expected.length() / 2 + 40 * count);
            assertThat(entry.getInt(4)).isEqualTo(entry.readableBytes() - 8);
            assertThat(entry.getInt(12)).isEqualTo(entry.readableBytes() - 16);
        }
    }

    private static void assertRow(Row row, String hex) {
        ByteBuf bytes = Unpooled.buffer();
        RowCodec.write(new Out(bytes), row);
        assertThat(ByteBufUtil.hexDump(bytes)).isEqualTo(hex.replaceAll("\\s", ""));
        assertThat(RowCodec.read(new In(bytes))).isEqualTo(row);
        assertThat(bytes.isReadable()).isFalse();
    }

    @Test
    void rows() {
        TreeMap<Long, Long> milestones = new TreeMap<>();
        milestones.put(77L, 8L);
        Emitted last = new Emitted(new Watermark(1, 2, cut(0, 40)), 16);
        Emitted next = new Emitted(new Watermark(3, 4, cut(0, 41)), 85);
        assertRow(new MarkRow(S, 9, last, next, true, 5, 6, milestones), """
                13 01 00000001 73 00000001 61 0000000000000009
                01 0000000000000001 0000000000000002 00000001 0000000000000000 0000000000000028 0000000000000010
                01 0000000000000003 0000000000000004 00000001 0000000000000000 0000000000000029 0000000000000055
                01 0000000000000005 0000000000000006 00000001 000000000000004d 0000000000000008
                """);
        assertRow(new MarkRow(S, 9, null, null, false, Long.MIN_VALUE, 0, new TreeMap<>()), """
                13 01 00000001 73 00000001 61 0000000000000009
                00 00 00 8000000000000000 0000000000000000 00000000
                """);
    }
}
