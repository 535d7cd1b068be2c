/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Stream cuts. Version 1: utf {@code scope/stream}, map of compact i64 segment id to compact signed i64 offset; version 0
 * had unsigned offsets. As text: Base64 of the gzip of {@code 0:scope/stream:numbers:epochs:offsets}, three lists with
 * commas.
 */
public final class CutFormat {
    private static final int VERSION = 1;
    private static final int PARTS = 5;
    private static final int MAX_TEXT_BYTES = 16 << 20;

    private CutFormat() {}

    public static byte[] toBytes(StreamCut cut) {
        return Bytes.written(out -> write(out, cut));
    }

    static void write(ByteBuf out, StreamCut cut) {
        VersionedWriter.write(out, VERSION, fields -> fields.utf(cut.stream().toString())
                .map(cut.offsets(), (id, offset) -> fields.compactLong(id).compactSignedLong(offset)));
    }

    public static StreamCut fromBytes(byte[] bytes) {
        return Bytes.read("stream cut", bytes, CutFormat::read);
    }

    static StreamCut read(ByteBuf in) {
        VersionedReader.Found found = VersionedReader.read(in, VERSION);
        VersionedReader fields = found.required(0);
        StreamName stream = StreamName.of(fields.utf());
        SortedMap<Long, Long> offsets = new TreeMap<>();
        for (int left = fields.count(2); left > 0; left--) {
            offsets.put(fields.compactLong(), found.version() == 0 ? fields.compactLong() : fields.compactSignedLong());
        }
        return new StreamCut(stream, offsets);
    }

    public static String toText(StreamCut cut) {
        String plain = String.join(
                ":",
                "0",
                cut.stream().toString(),
                list(cut, id -> Integer.toString(SegmentName.numberOf(id))),
                list(cut, id -> Integer.toString(SegmentName.epochOf(id))),
                list(cut, id -> Long.toString(cut.offsets().getOrDefault(id, 0L))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String list(StreamCut cut, Function<Long, String> item) {
        return cut.offsets().keySet().stream().map(item).collect(Collectors.joining(","));
    }

    public static StreamCut parse(String text) {
        String[] parts = unpack(text).split(":", -1);
        if (parts.length != PARTS || !parts[0].equals("0")) {
            throw new IllegalArgumentException("no text of a stream cut");
        }
        String[] numbers = parts[2].split(",", -1);
        String[] epochs = parts[3].split(",", -1);
        String[] offsets = parts[4].split(",", -1);
        if (epochs.length != numbers.length || offsets.length != numbers.length) {
            throw new IllegalArgumentException("no text of a stream cut: its lists differ in length");
        }
        SortedMap<Long, Long> all = new TreeMap<>();
        for (int i = 0; i < numbers.length; i++) {
            long id = SegmentName.id(Integer.parseInt(epochs[i]), Integer.parseInt(numbers[i]));
            all.put(id, Long.parseLong(offsets[i]));
        }
        return new StreamCut(StreamName.of(parts[1]), all);
    }

    private static String unpack(String text) {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            byte[] bytes = in.readNBytes(MAX_TEXT_BYTES);
            if (bytes.length == MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("no text of a stream cut: it is too long");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("no text of a stream cut: " + e.getMessage(), e);
        }
    }
}
