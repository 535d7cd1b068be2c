/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.log.LogException;
import io.headrace.engine.segments.Chunk.Source;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Varint;
import io.headrace.engine.tables.Table;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Durable format of a snapshot, version 4. {@code var} is an unsigned {@link Varint}, {@code sig} a signed one; a fixed
 * number is big-endian; times are milliseconds since the Unix epoch.
 *
 * <pre>
 * snapshot   u8 version | var next segment id
 *            var length and UTF-8 bytes of the storage's identity | i64 tag | var next chunk number
 *            var chunk count | chunks in ascending order of number
 *            var segment count | segments in ascending order of id
 *            the entries of tables that are not kept as rows beside the snapshot, as {@link HeapBase} says: none, today
 *            var mark count | per mark of {@link io.headrace.engine.calls.CallOrder}, in its order: var slot | var caller
 *            | var owner | var issued | var open count | per open number: var issued - number
 * chunk      var number - number before | var epoch | var length | u8 flags (bit 0 sealed)
 *            var source count | per source: var number | var length
 * segment    var id - id before | var length and UTF-8 bytes of the name
 *            u8 flags (bit 0 sealed, bit 1 transient, bit 2 table)
 *            i8 scale type | sig target rate | var rollover bytes | sig created | sig last modified - created
 *            var start offset | var length - start offset | var event count
 *            var attribute count | per attribute, in ascending order of ids: i64, i64 id | sig value
 *            var piece count | if any: var start offset - offset of the first piece
 *            per piece: var length | u8 where (0 log, 1 chunk)
 *            in the log: sig frame - frame of the extent before in this segment | var position in the frame
 *            in a chunk: sig number - number of the chunk before in this segment | var offset in the chunk
 *            if it is a table: var key length | var length of the table | var entry count
 * </pre>
 *
 * Version 3 knew no chunks: they are missing, and so is where a piece is, which is in the log. Version 2 knew no calls: it ends with the entries of tables. Version 1 knew no tables: it ends with the segments.
 */
final class Snapshot {
    private static final int VERSION = 4;
    private static final int VERSION_WITHOUT_CHUNKS = 3;
    private static final int VERSION_WITHOUT_CALLS = 2;
    private static final int VERSION_WITHOUT_TABLES = 1;
    private static final int SEALED = 0b001;
    private static final int TRANSIENT = 0b010;
    private static final int TABLE = 0b100;
    private static final int IN_LOG = 0;
    private static final int IN_CHUNK = 1;

    private final SegmentsState state;
    private final boolean withChunks;

    private long[] frames = new long[1024];
    private int frameCount;

    private Snapshot(SegmentsState state, boolean withChunks) {
        this.state = state;
        this.withChunks = withChunks;
    }

    static void write(SegmentsState state, ByteBuf out) {
        out.writeByte(VERSION);
        Varint.write(out, state.nextId());
        writeChunks(state.chunks(), out);
        Varint.write(out, state.count());
        long previousId = 0;
        for (Segment segment : state.all()) {
            Varint.write(out, segment.id - previousId);
            previousId = segment.id;
            writeSegment(segment, out);
        }
        Varint.write(out, 0);
        Varint.write(out, state.calls().size());
        state.calls().forEach((slot, caller, owner, progress) -> {
            Varint.write(out, slot);
            Varint.write(out, caller);
            Varint.write(out, owner);
            Varint.write(out, progress.issued());
            Varint.write(out, progress.open().size());
            progress.open().forEach(number -> Varint.write(out, progress.issued() - number));
        });
    }

    private static void writeChunks(Chunks chunks, ByteBuf out) {
        writeText(chunks.storage(), out);
        out.writeLong(chunks.tag());
        Varint.write(out, chunks.next());
        Varint.write(out, chunks.count());
        long previous = 0;
        for (Chunk chunk : chunks.all()) {
            Varint.write(out, chunk.number - previous);
            Varint.write(out, chunk.epoch);
            Varint.write(out, chunk.length);
            out.writeByte(chunk.sealed ? SEALED : 0);
            Varint.write(out, chunk.sources.size());
            chunk.sources.forEach(source -> {
                Varint.write(out, source.chunk());
                Varint.write(out, source.length());
            });
            previous = chunk.number;
        }
    }

    private static void writeText(String text, ByteBuf out) {
        Varint.write(out, ByteBufUtil.utf8Bytes(text));
        ByteBufUtil.writeUtf8(out, text);
    }

    private static void writeSegment(Segment segment, ByteBuf out) {
        writeText(segment.name, out);
        Table table = segment.table;
        out.writeByte(
                (segment.sealed ? SEALED : 0) | (segment.isTransient ? TRANSIENT : 0) | (table == null ? 0 : TABLE));
        out.writeByte(segment.scaleType);
        Varint.writeSigned(out, segment.targetRate);
        Varint.write(out, segment.rolloverBytes);
        Varint.writeSigned(out, segment.createdMillis);
        Varint.writeSigned(out, segment.lastModifiedMillis - segment.createdMillis);
        Varint.write(out, segment.startOffset);
        Varint.write(out, segment.length - segment.startOffset);
        Varint.write(out, segment.eventCount);
        Attributes attributes = segment.attributes;
        Varint.write(out, attributes == null ? 0 : attributes.count());
        if (attributes != null) {
            attributes.forEach((idHigh, idLow, value) -> {
                out.writeLong(idHigh).writeLong(idLow);
                Varint.writeSigned(out, value);
            });
        }
        Extents extents = segment.extents;
        int count = extents == null ? 0 : extents.count();
        Varint.write(out, count);
        if (extents != null && count > 0) {
            Varint.write(out, segment.startOffset - extents.offset(0));
            long previousFrame = 0;
            long previousChunk = 0;
            for (int i = 0; i < count; i++) {
                Varint.write(out, extents.end(i, segment.length) - extents.offset(i));
                if (extents.isInChunk(i)) {
                    out.writeByte(IN_CHUNK);
                    Varint.writeSigned(out, extents.chunk(i) - previousChunk);
                    Varint.write(out, extents.chunkOffset(i));
                    previousChunk = extents.chunk(i);
                } else {
                    out.writeByte(IN_LOG);
                    Varint.writeSigned(out, extents.frame(i) - previousFrame);
                    Varint.write(out, extents.position(i));
                    previousFrame = extents.frame(i);
                }
            }
        }
        if (table != null) {
            Varint.write(out, table.keyLength());
            Varint.write(out, table.length());
            Varint.write(out, table.count());
        }
    }

    /** Fills an empty state from a snapshot; fails if the bytes are not a whole snapshot of a known version. */
    static void read(ByteBuf in, SegmentsState state) {
        int version = in.readUnsignedByte();
        if (version < VERSION_WITHOUT_TABLES || version > VERSION) {
            throw corrupt("its version is " + version + ", this program knows " + VERSION);
        }
        Snapshot snapshot = new Snapshot(state, version > VERSION_WITHOUT_CHUNKS);
        long nextId = Varint.read(in);
        if (snapshot.withChunks) {
            readChunks(state.chunks(), in);
        }
        int count = Math.toIntExact(Varint.read(in));
        List<Segment> segments = new ArrayList<>(Math.min(count, in.readableBytes()));
        long id = 0;
        for (int i = 0; i < count; i++) {
            id += Varint.read(in);
            segments.add(snapshot.readSegment(id, in));
        }
        if (version > VERSION_WITHOUT_TABLES) {
            HeapBase.read(in, state.keyed()::put);
        }
        if (version > VERSION_WITHOUT_CALLS) {
            for (long left = Varint.read(in); left > 0; left--) {
                int slot = Math.toIntExact(Varint.read(in));
                state.calls().put(slot, Math.toIntExact(Varint.read(in)), Varint.read(in), readProgress(in));
            }
        }
        if (in.isReadable()) {
            throw corrupt(in.readableBytes() + " bytes follow its end");
        }
        state.restore(nextId, segments, snapshot.frames, snapshot.frameCount);
    }

    private static void readChunks(Chunks chunks, ByteBuf in) {
        String identity = readText(in);
        chunks.setStorage(in.readLong(), identity);
        chunks.restoreNext(Varint.read(in));
        Map<Chunk, List<Source>> joins = new LinkedHashMap<>();
        long number = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            number += Varint.read(in);
            Chunk chunk = chunks.begin(number, Varint.read(in));
            chunk.length = Math.toIntExact(Varint.read(in));
            chunk.sealed = (in.readByte() & SEALED) != 0;
            List<Source> sources = new ArrayList<>();
            for (long more = Varint.read(in); more > 0; more--) {
                sources.add(new Source(Varint.read(in), Math.toIntExact(Varint.read(in))));
            }
            if (!sources.isEmpty()) {
                joins.put(chunk, List.copyOf(sources));
            }
        }
        joins.forEach(chunks::beginJoin);
    }

    private static String readText(ByteBuf in) {
        int bytes = Math.toIntExact(Varint.read(in));
        return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
    }

    private static Progress readProgress(ByteBuf in) {
        long issued = Varint.read(in);
        List<Long> open = new ArrayList<>();
        for (long left = Varint.read(in); left > 0; left--) {
            open.add(issued - Varint.read(in));
        }
        return new Progress(issued, open);
    }

    private Segment readSegment(long id, ByteBuf in) {
        String name = readText(in);
        int flags = in.readUnsignedByte();
        int scaleType = in.readByte();
        int targetRate = (int) Varint.readSigned(in);
        long rolloverBytes = Varint.read(in);
        long createdMillis = Varint.readSigned(in);
        Segment segment = new Segment(id, name, (flags & TRANSIENT) != 0, createdMillis, rolloverBytes);
        segment.sealed = (flags & SEALED) != 0;
        segment.scaleType = scaleType;
        segment.targetRate = targetRate;
        segment.lastModifiedMillis = createdMillis + Varint.readSigned(in);
        segment.startOffset = Varint.read(in);
        segment.length = segment.startOffset + Varint.read(in);
        segment.eventCount = Varint.read(in);
        for (long left = Varint.read(in); left > 0; left--) {
            segment.putAttribute(in.readLong(), in.readLong(), Varint.readSigned(in));
        }
        long extentCount = Varint.read(in);
        if (extentCount > 0) {
            readExtents(segment, extentCount, in);
        }
        if ((flags & TABLE) != 0) {
            int keyLength = Math.toIntExact(Varint.read(in));
            segment.table = Table.restored(state.keyed(), id, keyLength, Varint.read(in), Varint.read(in));
        }
        return segment;
    }

    private void readExtents(Segment segment, long count, ByteBuf in) {
        Extents extents = segment.extentsToAdd();
        long offset = segment.startOffset - Varint.read(in);
        long frame = 0;
        long chunk = 0;
        for (long i = 0; i < count; i++) {
            long length = Varint.read(in);
            int where = withChunks ? in.readByte() : IN_LOG;
            if (where == IN_CHUNK) {
                chunk += Varint.readSigned(in);
                extents.addInChunk(offset, chunk, Math.toIntExact(Varint.read(in)));
                state.chunks().addPiece(chunk, segment);
            } else if (where == IN_LOG) {
                frame += Varint.readSigned(in);
                extents.add(offset, frame, (int) Varint.read(in));
                segment.logBytes += length;
                useFrame(frame);
            } else {
                throw corrupt("a piece of segment " + segment.name + " is in place " + where);
            }
            offset += length;
        }
        if (offset != segment.length) {
            throw corrupt("the data of segment " + segment.name + " ends at " + offset + ", not at " + segment.length);
        }
    }

    private void useFrame(long frame) {
        if (frameCount == frames.length) {
            frames = Arrays.copyOf(frames, 2 * frameCount);
        }
        frames[frameCount++] = frame;
    }

    private static LogException corrupt(String what) {
        return new LogException(LogException.Kind.CORRUPT, "the snapshot cannot be used: " + what);
    }
}
