/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.Varint;
import io.headrace.engine.tables.Table;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * How one segment is written down: the value of a row of {@link SegmentRows}, version 1, and, without that byte, what
 * snapshots up to version 4 have of each segment. {@code var} is an unsigned {@link Varint}, {@code sig} a signed one; a
 * fixed number is big-endian; times are milliseconds since the Unix epoch.
 *
 * <pre>
 * row        u8 version | segment
 * segment    var length and UTF-8 bytes of the name
 *            u8 flags (bit 0 sealed, bit 1 transient, bit 2 table, bit 3 the attributes are rows)
 *            i8 scale type | sig target rate | var rollover bytes | sig created | sig last modified - created
 *            var start offset | var length - start offset | var event count
 *            var attribute count, 0 if they are rows | per attribute, in ascending order of ids: i64, i64 id | sig value
 *            var piece count | if any: var start offset - offset of the first piece
 *            per piece: var length | u8 where (0 log, 1 chunk)
 *            in the log: sig frame - frame of the extent before in this segment | var position in the frame
 *            in a chunk: sig number - number of the chunk before in this segment | var offset in the chunk
 *            if it is a table: var key length | var length of the table | var entry count
 * </pre>
 */
final class SegmentFormat {
    private static final int VERSION = 1;
    private static final int SEALED = 0b0001;
    private static final int TRANSIENT = 0b0010;
    private static final int TABLE = 0b0100;
    private static final int ATTRIBUTE_ROWS = 0b1000;
    private static final int IN_LOG = 0;
    private static final int IN_CHUNK = 1;

    /** Hears of the pieces of a segment that is read. */
    interface Pieces {
        void inLog(long frame);

        void inChunk(long chunk, long segment);

        /** For whom the segment alone counts. */
        Pieces UNHEARD = new Pieces() {
            @Override
            public void inLog(long frame) {}

            @Override
            public void inChunk(long chunk, long segment) {}
        };
    }

    private SegmentFormat() {}

    static void writeRow(Segment segment, ByteBuf out) {
        out.writeByte(VERSION);
        write(segment, out);
    }

    /** @throws LogException if the row is damaged or of a later version */
    static Segment readRow(long id, ByteBuf in, LayeredState rows) {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw corrupt(
                    "the row of segment number " + id + " has version " + version + ", this program knows " + VERSION);
        }
        Segment segment = read(id, in, true, rows, Pieces.UNHEARD);
        if (in.isReadable()) {
            throw corrupt("the row of segment " + segment.name + " is longer than the segment");
        }
        return segment;
    }

    private static void write(Segment segment, ByteBuf out) {
        writeText(segment.name, out);
        Table table = segment.table;
        out.writeByte((segment.sealed ? SEALED : 0)
                | (segment.isTransient ? TRANSIENT : 0)
                | (table == null ? 0 : TABLE)
                | (segment.attributes.areRows() ? ATTRIBUTE_ROWS : 0));
        out.writeByte(segment.scaleType);
        Varint.writeSigned(out, segment.targetRate);
        Varint.write(out, segment.rolloverBytes);
        Varint.writeSigned(out, segment.createdMillis);
        Varint.writeSigned(out, segment.lastModifiedMillis - segment.createdMillis);
        Varint.write(out, segment.startOffset);
        Varint.write(out, segment.length - segment.startOffset);
        Varint.write(out, segment.eventCount);
        if (segment.attributes.areRows()) {
            Varint.write(out, 0);
        } else {
            Varint.write(out, segment.attributes.inMemory());
            segment.attributes.forEach((idHigh, idLow, value) -> {
                out.writeLong(idHigh).writeLong(idLow);
                Varint.writeSigned(out, value);
            });
        }
        writePieces(segment, out);
        if (table != null) {
            Varint.write(out, table.keyLength());
            Varint.write(out, table.length());
            Varint.write(out, table.count());
        }
    }

    private static void writePieces(Segment segment, ByteBuf out) {
        Extents extents = segment.extents;
        int count = extents == null ? 0 : extents.count();
        Varint.write(out, count);
        if (extents == null || count == 0) {
            return;
        }
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

    /**
     * Reads a segment.
     *
     * @param withChunks whether it says of a piece where that is
     * @param rows of the partition, where the entries of a table are
     */
    static Segment read(long id, ByteBuf in, boolean withChunks, LayeredState rows, Pieces pieces) {
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
            segment.attributes.put(in.readLong(), in.readLong(), Varint.readSigned(in), rows);
        }
        if ((flags & ATTRIBUTE_ROWS) != 0) {
            segment.attributes.becomeRows(rows);
        }
        long count = Varint.read(in);
        if (count > 0) {
            readPieces(segment, count, in, withChunks, pieces);
        }
        if ((flags & TABLE) != 0) {
            int keyLength = Math.toIntExact(Varint.read(in));
            segment.table = Table.restored(rows, id, keyLength, Varint.read(in), Varint.read(in));
        }
        return segment;
    }

    private static void readPieces(Segment segment, long count, ByteBuf in, boolean withChunks, Pieces pieces) {
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
                pieces.inChunk(chunk, segment.id);
            } else if (where == IN_LOG) {
                frame += Varint.readSigned(in);
                extents.add(offset, frame, (int) Varint.read(in));
                segment.logBytes += length;
                pieces.inLog(frame);
            } else {
                throw corrupt("a piece of segment " + segment.name + " is in place " + where);
            }
            offset += length;
        }
        if (offset != segment.length) {
            throw corrupt("the data of segment " + segment.name + " ends at " + offset + ", not at " + segment.length);
        }
    }

    static void writeText(String text, ByteBuf out) {
        Varint.write(out, ByteBufUtil.utf8Bytes(text));
        ByteBufUtil.writeUtf8(out, text);
    }

    static String readText(ByteBuf in) {
        int bytes = Math.toIntExact(Varint.read(in));
        return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
    }

    private static LogException corrupt(String what) {
        return new LogException(LogException.Kind.CORRUPT, what);
    }
}
