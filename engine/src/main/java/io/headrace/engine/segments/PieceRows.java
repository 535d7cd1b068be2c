/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.LayeredState;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.RowRead;
import io.headrace.engine.state.Varint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of segments that have very many, in rows of a bounded size: no turn of the loop reads or writes more than some of
 * them. A page has the pieces whose numbers, divided by {@link Extents#PAGE}, give its own; the last ones are in the row of
 * the segment. Durable format; {@code var} is an unsigned {@link Varint}:
 *
 * <pre>
 * map 2^62 + number of the segment   i64 number of a page -> u8 version | var place in the page of the first piece
 *                                    | var its offset in the segment | pieces, see {@link SegmentFormat}
 * </pre>
 *
 * What is in front of the segment's first piece is there no more. The row of the segment says how many pages count.
 */
final class PieceRows {
    /** A segment with more has rows of pages. */
    static final int MAX_INLINE = 2 * Extents.PAGE;

    /** Pages that are read at a time. */
    private static final int READ_TOGETHER = 64;

    private static final int VERSION = 1;

    private final LayeredState state;

    /** Segments of which some pages have been read; whoever wanted them is executed again. */
    private final Map<Long, Reading> begun = new HashMap<>();

    private final ByteBuf scratch = Unpooled.buffer();

    /** A segment whose pages are being read. */
    private static final class Reading {
        final byte[] row;
        final long number;
        final long end;
        long next;

        @Nullable
        PiecesRead pieces;

        Reading(byte[] row) {
            ByteBuf head = Unpooled.wrappedBuffer(row, 1, row.length - 1);
            this.row = row;
            this.number = Varint.read(head);
            this.next = number / Extents.PAGE;
            this.end = next + Varint.read(head);
        }

        List<byte[]> keys() {
            List<byte[]> keys = new ArrayList<>();
            for (long page = next; page < Math.min(end, next + READ_TOGETHER); page++) {
                keys.add(key(page));
            }
            return keys;
        }
    }

    PieceRows(LayeredState state) {
        this.state = state;
    }

    /** Number of the map that has the pieces of a segment. */
    static long mapOf(long segment) {
        return 1L << 62 | segment;
    }

    /** How many pages of a segment's pieces are to be rows. */
    static int pages(Segment segment) {
        Extents extents = segment.extents;
        return extents == null || extents.count() <= MAX_INLINE
                ? 0
                : Math.toIntExact(extents.lastPage() - extents.firstPage());
    }

    /**
     * Brings pages up to date, until all are.
     *
     * @param most no page is begun behind so many bytes
     * @return how many bytes that took
     */
    int write(Segment segment, int most) {
        Extents extents = segment.extents;
        if (extents == null || pages(segment) == 0) {
            return 0;
        }
        int bytes = 0;
        ByteMap rows = state.map(mapOf(segment.id));
        for (long page = extents.nextUnwritten(); page >= 0 && bytes < most; page = extents.nextUnwritten()) {
            scratch.clear();
            write(extents, page, segment.length);
            rows.put(key(page), ByteBufUtil.getBytes(scratch));
            bytes += scratch.readableBytes();
            extents.written(page);
            boolean isFirst = segment.pagesFrom == segment.pagesTo;
            segment.pagesFrom = isFirst ? page : Math.min(segment.pagesFrom, page);
            segment.pagesTo = isFirst ? page + 1 : Math.max(segment.pagesTo, page + 1);
        }
        return bytes;
    }

    private void write(Extents extents, long page, long segmentLength) {
        int from = extents.indexOfPage(page);
        scratch.writeByte(VERSION);
        Varint.write(scratch, extents.number() + from - page * Extents.PAGE);
        Varint.write(scratch, extents.offset(from));
        SegmentFormat.writePieces(extents, from, extents.indexOfPage(page + 1), segmentLength, scratch);
    }

    /** Whether all pages are up to date. */
    static boolean areWritten(Segment segment) {
        return segment.extents == null || pages(segment) == 0 || segment.extents.nextUnwritten() < 0;
    }

    /** Removes the pages that a segment has no more. To be called when all others are up to date. */
    void removeOthers(Segment segment) {
        int pages = pages(segment);
        Extents extents = segment.extents;
        long from = extents == null || pages == 0 ? 0 : extents.firstPage();
        ByteMap rows = state.map(mapOf(segment.id));
        for (long page = segment.pagesFrom; page < segment.pagesTo; page++) {
            if (page < from || page >= from + pages) {
                rows.remove(key(page));
            }
        }
        if (extents != null && pages == 0) {
            extents.unwritten();
        }
        segment.pagesFrom = from;
        segment.pagesTo = from + pages;
    }

    /** A segment ends. */
    void drop(Segment segment) {
        if (segment.pagesTo > segment.pagesFrom) {
            state.drop(mapOf(segment.id));
        }
    }

    /** The row of a segment of which not all pages have been read yet; null if none have. */
    byte @Nullable [] rowOf(long segment) {
        Reading reading = begun.get(segment);
        return reading == null ? null : reading.row;
    }

    /**
     * The pieces of a segment that have rows of their own; null if none have.
     *
     * @param row of the segment
     * @throws NotInMemory as long as not all have been read: it takes a turn for some pages each
     */
    @Nullable
    PiecesRead read(long segment, byte[] row) {
        Reading reading = begun.get(segment);
        if (reading == null) {
            if (row[0] != SegmentFormat.VERSION_WITH_PAGES) {
                return null;
            }
            reading = new Reading(row);
            begun.put(segment, reading);
        }
        ByteMap rows = state.map(mapOf(segment));
        List<byte[]> keys = reading.keys();
        rows.need(keys, Integer.MAX_VALUE);
        for (byte[] key : keys) {
            read(segment, reading, rows.get(key));
        }
        if (reading.next == reading.end) {
            begun.remove(segment);
            return reading.pieces;
        }
        throw missing(segment, reading);
    }

    private static NotInMemory missing(long segment, Reading reading) {
        List<RowRead> reads = new ArrayList<>();
        reading.keys().forEach(key -> reads.add(new RowRead.Key(mapOf(segment), key, Integer.MAX_VALUE)));
        return new NotInMemory(reads);
    }

    /** Adds the next page. */
    private static void read(long segment, Reading reading, byte @Nullable [] row) {
        if (row == null) {
            throw corrupt(segment, reading, "is missing");
        }
        ByteBuf in = Unpooled.wrappedBuffer(row);
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw corrupt(segment, reading, "has version " + version + ", this program knows " + VERSION);
        }
        long place = Varint.read(in);
        long offset = Varint.read(in);
        PiecesRead pieces = reading.pieces;
        if (pieces == null) {
            long gone = reading.number - reading.next * Extents.PAGE - place;
            if (gone < 0 || gone >= Extents.PAGE) {
                throw corrupt(segment, reading, "begins behind the segment");
            }
            pieces = new PiecesRead(offset);
            pieces.skip((int) gone);
            reading.pieces = pieces;
        } else if (offset != pieces.end() || place != 0) {
            throw corrupt(segment, reading, "begins at " + offset + ", not at " + pieces.end());
        }
        SegmentFormat.readPieces(pieces, segment, Extents.PAGE - place, in, true, SegmentFormat.Pieces.UNHEARD);
        if (in.isReadable()) {
            throw corrupt(segment, reading, "is too long");
        }
        reading.next++;
    }

    private static LogException corrupt(long segment, Reading reading, String what) {
        return new LogException(
                LogException.Kind.CORRUPT, "page " + reading.next + " of segment number " + segment + " " + what);
    }

    private static byte[] key(long page) {
        return ByteBuffer.allocate(Long.BYTES).putLong(page).array();
    }
}
