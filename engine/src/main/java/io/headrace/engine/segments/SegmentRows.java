/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.log.LogException;
import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Segments as rows. Durable format, beside the rows of tables (maps 2 and up), of attributes (maps with the highest bit
 * set and the segment's number below it, ids of 16 bytes, values i64), and of {@linkplain PieceRows pieces}; numbers are
 * big-endian:
 *
 * <pre>
 * map 0                   UTF-8 bytes of the name -> i64 number of the segment
 * map 1                   i64 number of the segment -> the segment, see {@link SegmentFormat}
 * the highest bit alone   i64 number of the segment -> u8 marks, unless there are none: what an owner that begins looks for
 *                         (bit 0 data in the log, bit 1 begins with several pieces in chunks, bit 2 transient, bit 3 with a scaling
 *                         policy and not sealed)
 * </pre>
 */
final class SegmentRows {
    static final int IN_LOG = 0b0001;
    static final int IN_CHUNKS = 0b0010;
    static final int TRANSIENT = 0b0100;
    static final int MEASURED = 0b1000;

    private static final int MARKS_AT_A_TIME = 256;

    private final LayeredState state;
    private final ByteMap names;
    private final ByteMap segments;
    private final ByteMap marks;
    private final PieceRows pieces;
    private final ByteBuf scratch = Unpooled.buffer();

    SegmentRows(LayeredState state) {
        this.state = state;
        this.names = state.map(0);
        this.segments = state.map(1);
        this.marks = state.map(Long.MIN_VALUE);
        this.pieces = new PieceRows(state);
    }

    /** Number of the segment with this name; 0 if there are no rows of it. */
    long find(String name) {
        byte[] id = names.get(key(name));
        return id == null ? 0 : ByteBuffer.wrap(id).getLong();
    }

    /** Says what {@link #read} would miss first. */
    void need(long id) {
        if (pieces.rowOf(id) == null) {
            segments.get(key(id));
        }
    }

    /**
     * A segment from its rows; null if it has none.
     *
     * @throws io.headrace.engine.state.NotInMemory also if that would take a turn too much: some of it has been read then
     */
    @Nullable
    Segment read(long id) {
        byte[] begun = pieces.rowOf(id);
        byte[] row = begun == null ? segments.get(key(id)) : begun;
        if (row == null) {
            return null;
        }
        Segment segment;
        try {
            segment = SegmentFormat.readRow(id, Unpooled.wrappedBuffer(row), state, pieces.read(id, row));
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw new LogException(
                    LogException.Kind.CORRUPT, "the row of segment number " + id + " cannot be used: " + e, e);
        }
        segment.stored = true;
        segment.marks = marksOf(segment);
        return segment;
    }

    /**
     * Brings some rows of a segment's pieces up to date; {@link #write} does the rest.
     *
     * @param most no row is begun behind so many bytes
     * @return how many bytes that took
     */
    int writePieces(Segment segment, int most) {
        return pieces.write(segment, most);
    }

    /**
     * Brings the rows of a segment up to date.
     *
     * @return how many bytes that took, beside those of its pieces
     */
    int write(Segment segment) {
        pieces.write(segment, Integer.MAX_VALUE);
        pieces.removeOthers(segment);
        byte[] key = key(segment.id);
        scratch.clear();
        SegmentFormat.writeRow(segment, PieceRows.pages(segment), scratch);
        segments.put(key, ByteBufUtil.getBytes(scratch));
        if (!segment.stored) {
            names.put(key(segment.name), key);
        }
        int now = marksOf(segment);
        if (now == 0 && segment.marks != 0) {
            marks.remove(key);
        } else if (now != segment.marks) {
            marks.put(key, new byte[] {(byte) now});
        }
        segment.marks = now;
        segment.stored = true;
        return scratch.readableBytes();
    }

    /** A segment ends. */
    void remove(Segment segment) {
        if (segment.stored) {
            byte[] key = key(segment.id);
            segments.remove(key);
            names.remove(key(segment.name));
            if (segment.marks != 0) {
                marks.remove(key);
            }
        }
        segment.attributes.drop(state);
        pieces.drop(segment);
    }

    /**
     * A segment that is marked.
     *
     * @param segment its number; 0 if none has been found yet
     * @param next the number to go on from; 0 if there are no more
     */
    record Marked(long segment, long next) {}

    /**
     * Finds the next segment with one of some marks.
     *
     * @param from the lowest number that it may have
     */
    Marked nextMarked(long from, int wanted) {
        try (ByteScan scan = marks.scan(key(from))) {
            long next = from;
            for (int left = MARKS_AT_A_TIME; left > 0; left--) {
                if (!scan.next()) {
                    return new Marked(0, 0);
                }
                long id = ByteBuffer.wrap(scan.key()).getLong();
                next = id + 1;
                if ((scan.value()[0] & wanted) != 0) {
                    return new Marked(id, next);
                }
            }
            return new Marked(0, next);
        }
    }

    private static int marksOf(Segment segment) {
        Extents extents = segment.extents;
        boolean inChunks = extents != null && extents.count() > 1 && extents.isInChunk(0) && extents.isInChunk(1);
        return (segment.logBytes > 0 ? IN_LOG : 0)
                | (inChunks ? IN_CHUNKS : 0)
                | (segment.isTransient ? TRANSIENT : 0)
                | (LoadMeters.isMeasured(segment) && !segment.sealed ? MEASURED : 0);
    }

    private static byte[] key(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
