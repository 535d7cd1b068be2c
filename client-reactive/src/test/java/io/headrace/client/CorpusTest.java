/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.internal.format.Watermark;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Everything that {@code Corpus} in {@code compatibility} got from the published client is read, and written as it is. */
final class CorpusTest {
    private static final Path FILE = Path.of("src", "test", "resources", "io", "headrace", "client", "published.tsv");

    @Test
    void whatThePublishedClientHasWrittenIsRead() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        assertThat(lines).hasSizeGreaterThan(50).allSatisfy(line -> {
            String[] fields = line.split("\t", -1);
            assertThat(meaning(fields[0], fields[1])).isEqualTo(fields[2]);
        });
    }

    private static String meaning(String kind, String what) {
        return switch (kind) {
            case "pointer" -> pointer(bytes(what));
            case "cut" -> cut(bytes(what));
            case "cut-text" -> StreamCut.parse(what).offsets().toString();
            case "position" -> position(bytes(what));
            case "watermark" -> watermark(bytes(what));
            case "version" -> TableVersion.parse(what).toString();
            default -> throw new AssertionError(kind);
        };
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String pointer(byte[] bytes) {
        EventPointer pointer = EventPointer.fromBytes(bytes);
        assertThat(pointer.toBytes()).isEqualTo(bytes);
        assertThat(EventPointer.parse(pointer.toString())).isEqualTo(pointer);
        return pointer.toString();
    }

    private static String cut(byte[] bytes) {
        StreamCut cut = StreamCut.fromBytes(bytes);
        assertThat(cut.stream()).hasToString("scope/stream");
        assertThat(StreamCut.fromBytes(cut.toBytes())).isEqualTo(cut);
        assertThat(cut.toBytes()).hasSameSizeAs(bytes);
        return cut.offsets().toString();
    }

    private static String position(byte[] bytes) {
        Position position = Position.fromBytes(bytes);
        assertThat(Position.fromBytes(position.toBytes())).isEqualTo(position);
        assertThat(position.toBytes()).hasSameSizeAs(bytes);
        SortedMap<String, String> places = new TreeMap<>();
        position.places().forEach((segment, place) -> {
            KeyRange range = place.range().orElseThrow();
            places.put(segment, place.offset() + "/" + range.low() + "/" + range.high());
        });
        return places.toString();
    }

    private static String watermark(byte[] bytes) {
        Watermark mark = Watermark.read(Unpooled.wrappedBuffer(bytes));
        SortedMap<Long, String> offsets = new TreeMap<>();
        mark.offsets()
                .forEach((segment, offset) ->
                        offsets.put(segment.id(), offset + "/" + segment.low() + "/" + segment.high()));
        return mark.lowerMillis() + "-" + mark.upperMillis() + " " + offsets;
    }
}
