/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.Varint;
import io.headrace.engine.tables.Table;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How one segment is written down: the value of a row of {@link SegmentRows}, and, without what stands before the segment
 * there, what snapshots up to version 4 have of each segment. {@code var} is an unsigned {@link Varint}, {@code sig} a signed
 * one; a fixed number is big-endian; times are milliseconds since the Unix epoch.
 *
 * <pre>
 * row        u8 version 1 | segment
 *            u8 version 2 | var number of the first piece | var count of pages that are rows | segment, see {@link PieceRows}
 * segment    var length and UTF-8 bytes of the name
 *            u8 flags (bit 0 sealed, bit 1 transient, bit 2 table, bit 3 the attributes are rows)
 *            i8 scale type | sig target rate | var rollover bytes | sig created | sig last modified - created
 *            var start offset | var length - start offset | var event count
 *            var attribute count, 0 if they are rows | per attribute, in ascending order of ids: i64, i64 id | sig value
 *            var piece count | if any: var start offset - offset of the first piece
 *            per piece: var length | u8 where (0 log, 1 chunk)
 *            in the log: sig frame - frame of the extent before in this segment | var position in the frame
 *            in a chunk: sig number - number of the chunk before in this segment | var offset in the chunk
 *            (version 2: the pieces behind those that are rows, and their count, without an offset)
 *            if it is a table: var key length | var length of the table | var entry count
 * </pre>
 */
final class SegmentFormat {
    private static final int VERSION = 1;

    /** With a part of the pieces in rows of their own. */
    static final int VERSION_WITH_PAGES = 2;

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

    /** @param pages how many pages of its pieces are rows of their own; 0 if all of them are in this one */
    static void writeRow(Segment segment, int pages, ByteBuf out) {
        Extents extents = segment.extents;
        if (pages == 0 || extents == null) {
            out.writeByte(VERSION);
            write(segment, 0, out);
        } else {
            out.writeByte(VERSION_WITH_PAGES);
            Varint.write(out, extents.number());
            Varint.write(out, pages);
            write(segment, extents.indexOfPage(extents.firstPage() + pages), out);
        }
    }

    /**
     * Reads a segment from its row.
     *
     * @param older the pieces that have rows of their own; null if none have
     * @throws LogException if the row is damaged or of a later version
     */
    static Segment readRow(long id, ByteBuf in, LayeredState rows, @Nullable PiecesRead older) {
        int version = in.readUnsignedByte();
        if (version != VERSION && version != VERSION_WITH_PAGES) {
            throw corrupt("the row of segment number " + id + " has version " + version + ", this program knows "
                    + VERSION_WITH_PAGES);
        }
        long number = version == VERSION_WITH_PAGES ? Varint.read(in) : 0;
        long pages = version == VERSION_WITH_PAGES ? Varint.read(in) : 0;
        Segment segment = read(id, in, true, rows, Pieces.UNHEARD, older);
        if (in.isReadable()) {
            throw corrupt("the row of segment " + segment.name + " is longer than the segment");
        }
        if (segment.extents != null) {
            segment.extents.restored(number);
        }
        segment.pagesFrom = number / Extents.PAGE;
        segment.pagesTo = segment.pagesFrom + pages;
        return segment;
    }

    /** @param firstPiece index of the first piece that is written */
    private static void write(Segment segment, int firstPiece, ByteBuf out) {
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
        writePieces(segment, firstPiece, out);
        if (table != null) {
            Varint.write(out, table.keyLength());
            Varint.write(out, table.length());
            Varint.write(out, table.count());
        }
    }

    private static void writePieces(Segment segment, int from, ByteBuf out) {
        Extents extents = segment.extents;
        int count = extents == null ? 0 : extents.count();
        Varint.write(out, count - from);
        if (extents == null || count == 0) {
            return;
        }
        if (from == 0) {
            Varint.write(out, segment.startOffset - extents.offset(0));
        }
        writePieces(extents, from, count, segment.length, out);
    }

    /** Writes pieces from one index up to another. */
    static void writePieces(Extents extents, int from, int to, long segmentLength, ByteBuf out) {
        long previousFrame = 0;
        long previousChunk = 0;
        for (int i = from; i < to; i++) {
            Varint.write(out, extents.end(i, segmentLength) - extents.offset(i));
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
        return read(id, in, withChunks, rows, pieces, null);
    }

    private static Segment read(
            long id, ByteBuf in, boolean withChunks, LayeredState rows, Pieces pieces, @Nullable PiecesRead older) {
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
            PiecesRead all = older == null ? new PiecesRead(segment.startOffset - Varint.read(in)) : older;
            readPieces(all, id, count, in, withChunks, pieces);
            if (all.end() != segment.length) {
                throw corrupt("the data of segment " + name + " ends at " + all.end() + ", not at " + segment.length);
            }
            segment.extents = all.extents();
            segment.logBytes = all.logBytes();
        }
        if ((flags & TABLE) != 0) {
            int keyLength = Math.toIntExact(Varint.read(in));
            segment.table = Table.restored(rows, id, keyLength, Varint.read(in), Varint.read(in));
        }
        return segment;
    }

    /** Reads pieces into a list, behind those that it has. */
    static void readPieces(PiecesRead into, long segment, long count, ByteBuf in, boolean withChunks, Pieces pieces) {
        long frame = 0;
        long chunk = 0;
        for (long i = 0; i < count; i++) {
            long length = Varint.read(in);
            int where = withChunks ? in.readByte() : IN_LOG;
            if (where == IN_CHUNK) {
                chunk += Varint.readSigned(in);
                into.addInChunk(length, chunk, Math.toIntExact(Varint.read(in)));
                pieces.inChunk(chunk, segment);
            } else if (where == IN_LOG) {
                frame += Varint.readSigned(in);
                into.addInLog(length, frame, (int) Varint.read(in));
                pieces.inLog(frame);
            } else {
                throw corrupt("a piece of segment number " + segment + " is in place " + where);
            }
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
