/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.client.EventPointer;
import io.headrace.client.KeyRange;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bytes and texts are those of the published client. */
final class FormatsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String SEGMENT = "sc/st/0.#epoch.0";
    private static final StreamName STREAM = StreamName.of("sc/st");

    @Test
    void pointers() {
        EventPointer pointer = new EventPointer("sc/st/2.#epoch.1", 1000, 58);
        String hex = "000001" + "00" + "00000015" + "0010" + "73632f73742f322e2365706f63682e31" + "43e8" + "3a";
        assertThat(HEX.formatHex(pointer.toBytes())).isEqualTo(hex);
        assertThat(EventPointer.fromBytes(HEX.parseHex(hex))).isEqualTo(pointer);
        assertThat(pointer).hasToString("sc/st/2.#epoch.1:1000-58");
        assertThat(EventPointer.parse(pointer.toString())).isEqualTo(pointer);
        assertThatThrownBy(() -> EventPointer.parse("sc/st")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void positions() {
        Position reading = new Position(Map.of(SEGMENT, new Place(100, Optional.of(new KeyRange(0, 0.5)))));
        assertPosition(
                reading,
                "000002" + "00" + "00000015" + "01" + "0010" + "73632f73742f302e2365706f63682e30" + "4064"
                        + "01" + "00000023" + "01" + "0010" + "73632f73742f302e2365706f63682e30"
                        + "0000000000000000" + "3fe0000000000000");
        Position finished = new Position(Map.of(SEGMENT, new Place(Place.FINISHED, Optional.empty())));
        assertPosition(
                finished,
                "000002" + "00" + "0000001b" + "01" + "0010" + "73632f73742f302e2365706f63682e30" + "fffffffffffffffe"
                        + "01" + "00000023" + "01" + "0010" + "73632f73742f302e2365706f63682e30"
                        + "bff0000000000000" + "bff0000000000000");
        // Older clients wrote no ranges.
        assertThat(Position.fromBytes(HEX.parseHex(
                        "000001" + "00" + "00000015" + "01" + "0010" + "73632f73742f302e2365706f63682e30" + "4064")))
                .isEqualTo(new Position(Map.of(SEGMENT, new Place(100, Optional.empty()))));
        assertThat(reading.toStreamCut(STREAM)).isEqualTo(new StreamCut(STREAM, Map.of(0L, 100L)));
        assertThatThrownBy(() -> reading.toStreamCut(StreamName.of("sc/other")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertPosition(Position position, String hex) {
        assertThat(HEX.formatHex(position.toBytes())).isEqualTo(hex);
        assertThat(Position.fromBytes(HEX.parseHex(hex))).isEqualTo(position);
    }

    @Test
    void cuts() {
        StreamCut cut = new StreamCut(STREAM, Map.of(0L, 100L, (1L << 32) + 2, -1L));
        String hex =
                "000101" + "00" + "00000014" + "0005" + "73632f7374" + "02" + "00" + "2064" + "c000000100000002" + "80";
        assertThat(HEX.formatHex(cut.toBytes())).isEqualTo(hex);
        assertThat(StreamCut.fromBytes(HEX.parseHex(hex))).isEqualTo(cut);
        assertThat(StreamCut.parse("H4sIAAAAAAAA/zOwKk7WLy6xMtAxAmJDK0MDAx1dQwB70AonFgAAAA=="))
                .isEqualTo(cut);
        assertThat(StreamCut.parse(cut.toText())).isEqualTo(cut);
        // Version 0 had unsigned offsets.
        assertThat(StreamCut.fromBytes(
                        HEX.parseHex("000001" + "00" + "0000000b" + "0005" + "73632f7374" + "01" + "00" + "4064")))
                .isEqualTo(new StreamCut(STREAM, Map.of(0L, 100L)));
        for (String wrong : new String[] {"", "UNBOUNDED", "!", "AAAA"}) {
            assertThatThrownBy(() -> StreamCut.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> StreamCut.fromBytes(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void watermarks() {
        byte[] bytes = HEX.parseHex("000001" + "00" + "00000039" + "00000000000003e8" + "00000000000003e8" + "01"
                + "000001" + "00" + "00000018" + "0000000000000000" + "0000000000000000" + "3ff0000000000000"
                + "0000000000000028");
        assertThat(Watermark.read(Unpooled.wrappedBuffer(bytes)))
                .isEqualTo(new Watermark(1000, 1000, Map.of(new StreamSegment(0, 0, 1), 40L)));
    }
}
