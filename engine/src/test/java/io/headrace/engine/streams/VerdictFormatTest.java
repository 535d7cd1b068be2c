/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Bytes that version 1 of the rows of automatic scaling wrote. They must stay readable for ever: a test here may get
 * company, it may not be changed.
 */
class VerdictFormatTest {
    private static final Load LOAD = new Load(2, 0.5, 1, 2, 4, 0x10203, 0x10204, false);

    private static final List<Row> ROWS = List.of(
            row(1, 5, LOAD, new Decision.Split(5, 3, Reason.BURST)),
            row(2, 6, LOAD, new Decision.Merge(List.of(6L, 0x100000007L), Reason.LOW)),
            row(3, 7, Load.silence(1, 9, 10), new Decision.Cold(7, Long.MAX_VALUE, Reason.SILENT)),
            row(4, 8, LOAD, new Decision.Warm(8, Reason.BACK)),
            row(5, 9, LOAD, new Decision.None(Reason.BUSY)),
            new ColdRow(S, 9, 77));

    private static final String HEAD = "14 01 00000001 73 00000001 61";
    private static final String LOAD_BYTES =
            "02 3fe0000000000000 3ff0000000000000 4000000000000000 4010000000000000 0000000000010203 0000000000010204 00";

    private static final List<String> BYTES = List.of(
            HEAD + "0000000000000001 000000000000000b 00000003 0000000000000005 0000000a" + LOAD_BYTES
                    + "01 0000000000000005 00000003 00",
            HEAD + "0000000000000002 000000000000000b 00000003 0000000000000006 0000000a" + LOAD_BYTES
                    + "02 00000002 0000000000000006 0000000100000007 03",
            HEAD + "0000000000000003 000000000000000b 00000003 0000000000000007 0000000a"
                    + "01 0000000000000000 0000000000000000 0000000000000000 0000000000000000"
                    + "0000000000000009 000000000000000a 01"
                    + "03 0000000000000007 7fffffffffffffff 04",
            HEAD + "0000000000000004 000000000000000b 00000003 0000000000000008 0000000a" + LOAD_BYTES
                    + "04 0000000000000008 05",
            HEAD + "0000000000000005 000000000000000b 00000003 0000000000000009 0000000a" + LOAD_BYTES + "05 13",
            "0f 01 00000001 73 00000001 61 0000000000000009 000000000000004d");

    private static Row row(long number, long segmentId, Load load, Decision decision) {
        return new VerdictRow(S, number, new Verdict(11, 3, segmentId, 10, load, decision));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    @Test
    void rowsAreWrittenAsEver() {
        for (int i = 0; i < ROWS.size(); i++) {
            ByteBuf out = Unpooled.buffer();
            RowCodec.write(new Out(out), ROWS.get(i));
            assertThat(ByteBufUtil.hexDump(out)).isEqualTo(BYTES.get(i).replace(" ", ""));
        }
    }

    @Test
    void rowsAreReadAsEver() {
        for (int i = 0; i < ROWS.size(); i++) {
            ByteBuf in = bytes(BYTES.get(i));
            assertThat(RowCodec.read(new In(in))).isEqualTo(ROWS.get(i));
            assertThat(in.isReadable()).isFalse();
        }
    }

    /** A reason is written as its place. */
    @Test
    void reasonsStayWhereTheyAre() {
        assertThat(Arrays.stream(Reason.values()).map(Enum::name))
                .containsExactly(
                        "BURST",
                        "HIGH",
                        "ABOVE_TARGET",
                        "LOW",
                        "SILENT",
                        "BACK",
                        "FIXED",
                        "NOT_ACTIVE",
                        "NO_REPORT",
                        "TOO_OLD",
                        "OTHER_UNIT",
                        "NOT_CURRENT",
                        "COOLING_DOWN",
                        "WITHIN_LIMITS",
                        "LOW_TOO_BRIEFLY",
                        "AT_MINIMUM",
                        "AT_MAXIMUM",
                        "TOO_NARROW",
                        "COLD_ALREADY",
                        "BUSY");
    }

    @Test
    void whatIsUnknownIsRefused() {
        String row = BYTES.get(4).replace(" ", "");
        assertThatThrownBy(() -> RowCodec.read(new In(bytes(row.substring(0, row.length() - 2) + "14"))))
                .hasMessageContaining("constant 20");
        assertThatThrownBy(() -> RowCodec.read(new In(bytes(row.substring(0, row.length() - 4) + "0613"))))
                .hasMessageContaining("kind 6");
        assertThatThrownBy(() -> RowCodec.read(new In(bytes(row.replaceFirst("1401", "1402")))))
                .hasMessageContaining("version 2");
    }
}
