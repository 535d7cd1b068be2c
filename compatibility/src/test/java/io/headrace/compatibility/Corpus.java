/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import io.pravega.client.segment.impl.Segment;
import io.pravega.client.stream.EventPointer;
import io.pravega.client.stream.Stream;
import io.pravega.client.stream.StreamCut;
import io.pravega.client.stream.impl.EventPointerImpl;
import io.pravega.client.stream.impl.PositionImpl;
import io.pravega.client.stream.impl.SegmentWithRange;
import io.pravega.client.stream.impl.StreamCutImpl;
import io.pravega.client.tables.Version;
import io.pravega.client.watermark.WatermarkSerializer;
import io.pravega.shared.watermarks.Watermark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes what the published client makes of positions, cuts, pointers, watermarks and versions: the file that the reactive
 * client's tests read. A line has the kind, the bytes or the text, and what they stand for. Argument: the file.
 */
final class Corpus {
    private static final int EACH = 12;

    private final Random random = new Random(42);
    private final List<String> lines = new ArrayList<>();

    private Corpus() {}

    public static void main(String[] arguments) throws IOException {
        Corpus corpus = new Corpus();
        for (int i = 0; i < EACH; i++) {
            corpus.pointer();
            corpus.cut(i + 1);
            corpus.position(i + 1);
            corpus.watermark(i + 1);
            corpus.version();
        }
        Files.write(Path.of(arguments[0]), corpus.lines);
    }

    private void add(String kind, String what, String meaning) {
        lines.add(kind + '\t' + what + '\t' + meaning);
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }

    /** Small ones, and such as need each length of a compact number. */
    private long offset() {
        return random.nextLong() >>> (3 + random.nextInt(61));
    }

    /** Ids of segments in two epochs. */
    private long segment(int i) {
        return ((long) (i % 2) << 32) + i;
    }

    private void pointer() {
        String text = "scope/stream/" + random.nextInt(100) + ".#epoch." + random.nextInt(9) + ":" + offset() + "-"
                + (random.nextInt(1 << 24) + 8);
        EventPointer pointer =
                EventPointer.fromBytes(EventPointerImpl.fromString(text).toBytes());
        add("pointer", hex(pointer.toBytes()), pointer.toString());
    }

    private void cut(int segments) {
        Map<Segment, Long> offsets = new TreeMap<>();
        SortedMap<Long, Long> meaning = new TreeMap<>();
        for (int i = 0; i < segments; i++) {
            long offset = random.nextInt(4) == 0 ? -1 : offset();
            offsets.put(new Segment("scope", "stream", segment(i)), offset);
            meaning.put(segment(i), offset);
        }
        StreamCut cut = new StreamCutImpl(Stream.of("scope/stream"), offsets);
        add("cut", hex(cut.toBytes()), meaning.toString());
        add("cut-text", cut.asText(), meaning.toString());
    }

    private void position(int segments) {
        Map<SegmentWithRange, Long> offsets = new HashMap<>();
        SortedMap<String, String> meaning = new TreeMap<>();
        for (int i = 0; i < segments; i++) {
            Segment segment = new Segment("scope", "stream", segment(i));
            long offset = random.nextInt(4) == 0 ? -1 : offset();
            double low = i / (double) segments;
            double high = (i + 1) / (double) segments;
            offsets.put(new SegmentWithRange(segment, low, high), offset);
            meaning.put(segment.getScopedName(), offset + "/" + low + "/" + high);
        }
        add("position", hex(new PositionImpl(offsets).toBytes()), meaning.toString());
    }

    private void watermark(int segments) {
        Map<io.pravega.shared.watermarks.SegmentWithRange, Long> offsets = new HashMap<>();
        SortedMap<Long, String> meaning = new TreeMap<>();
        for (int i = 0; i < segments; i++) {
            double low = i / (double) segments;
            double high = (i + 1) / (double) segments;
            long offset = offset();
            offsets.put(new io.pravega.shared.watermarks.SegmentWithRange(segment(i), low, high), offset);
            meaning.put(segment(i), offset + "/" + low + "/" + high);
        }
        long lower = offset();
        long upper = lower + random.nextInt(1000);
        add(
                "watermark",
                hex(new WatermarkSerializer().serialize(new Watermark(lower, upper, offsets))),
                lower + "-" + upper + " " + meaning);
    }

    private void version() {
        String text = segment(random.nextInt(10)) + ":" + offset();
        add("version", Version.fromString(text).toString(), text);
    }
}
