/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Frame;
import java.util.Arrays;
import java.util.Set;

/**
 * Where the data of one segment stands: a sorted list of pieces, each either an extent in the log (frame, position in the
 * frame) or a part of a chunk in long-term storage (number of the chunk, offset in it), in any mixture. A piece reaches to
 * the start of the next one, the last one to the end of the segment. 16 bytes per piece, in one array.
 *
 * <p>Pieces are numbered, and a number says in which page of {@link PieceRows} a piece is. Where pieces go, those on one side
 * of them get other numbers: so a change concerns a few pages at the beginning or at the end, and the list knows which of
 * the others are written down already. Numbers begin anew when there are enough pieces for pages: they follow from what has
 * happened since, whoever has read or written the list meanwhile.
 */
final class Extents {
    /** Bytes that a chunk may have, so that an offset in it fits. */
    static final int MAX_CHUNK_BYTES = 1 << 30;

    private static final int POSITION_BITS = Integer.numberOfTrailingZeros(Frame.MAX_BYTES);
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;

    /** Marks the place of a piece as one in a chunk; below it stand 33 bits of the chunk's number and 30 of the offset. */
    private static final long IN_CHUNK = Long.MIN_VALUE;

    private static final int OFFSET_BITS = Integer.numberOfTrailingZeros(MAX_CHUNK_BYTES);
    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;
    static final long MAX_CHUNK_NUMBER = (1L << (63 - OFFSET_BITS)) - 1;

    private static final int SMALLEST = 2;

    /** Pieces of one page. */
    static final int PAGE = 128;

    /** Per piece: offset in the segment, then the place, packed. */
    private long[] packed = new long[2 * SMALLEST];

    private int first;
    private int count;

    /** Number of the first piece; the others follow. */
    private long number;

    /** Pages from one up to another that are written down as they are; none if these are equal. */
    private long cleanFrom;

    private long cleanTo;

    int count() {
        return count;
    }

    /** Pieces that there is memory for. */
    int capacity() {
        return packed.length / 2;
    }

    long offset(int index) {
        return packed[2 * (first + index)];
    }

    private long place(int index) {
        return packed[2 * (first + index) + 1];
    }

    boolean isInChunk(int index) {
        return place(index) < 0;
    }

    /** Frame of an extent in the log. */
    long frame(int index) {
        return place(index) >>> POSITION_BITS;
    }

    /** Position in the frame of an extent in the log. */
    int position(int index) {
        return (int) (place(index) & POSITION_MASK);
    }

    /** Number of the chunk that a piece in a chunk is a part of. */
    long chunk(int index) {
        return (place(index) & ~IN_CHUNK) >>> OFFSET_BITS;
    }

    /** Where in the chunk a piece in a chunk begins. */
    int chunkOffset(int index) {
        return (int) (place(index) & OFFSET_MASK);
    }

    /** Offset right after the piece, in a segment of the given length. */
    long end(int index, long segmentLength) {
        return index + 1 < count ? offset(index + 1) : segmentLength;
    }

    /** Index of the piece that holds {@code offset}, which must be within the data. */
    int indexOf(long offset) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (offset(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Index of the first extent in the log; {@link #count()} if all is in chunks. Pieces in chunks are few. */
    int firstInLog() {
        int index = 0;
        while (index < count && isInChunk(index)) {
            index++;
        }
        return index;
    }

    void add(long offset, long frame, int position) {
        addPlace(offset, frame << POSITION_BITS | position);
    }

    void addInChunk(long offset, long chunk, int chunkOffset) {
        addPlace(offset, placeInChunk(chunk, chunkOffset));
    }

    private static long placeInChunk(long chunk, int chunkOffset) {
        return IN_CHUNK | chunk << OFFSET_BITS | chunkOffset;
    }

    private void addPlace(long offset, long place) {
        makeRoom(1);
        int at = 2 * (first + count);
        packed[at] = offset;
        packed[at + 1] = place;
        grow(1);
    }

    private void grow(int by) {
        boolean begins = count <= PieceRows.MAX_INLINE && count + by > PieceRows.MAX_INLINE;
        count += by;
        if (begins) {
            number = 0;
            unwritten();
        }
    }

    /** Adds all pieces of another segment, whose offset 0 becomes {@code base} here. */
    void addAll(Extents other, long base) {
        makeRoom(other.count);
        int at = 2 * (first + count);
        System.arraycopy(other.packed, 2 * other.first, packed, at, 2 * other.count);
        for (int i = 0; i < other.count; i++) {
            packed[at + 2 * i] += base;
        }
        grow(other.count);
    }

    /**
     * Puts one piece in a chunk in the place of the pieces from one index up to another. If the piece before continues
     * into it, the two become one.
     *
     * @return whether there is one more piece in the chunk
     */
    boolean replace(int from, int to, long chunk, int chunkOffset) {
        long offset = offset(from);
        boolean joins = from > 0
                && isInChunk(from - 1)
                && chunk(from - 1) == chunk
                && chunkOffset(from - 1) + (offset - offset(from - 1)) == chunkOffset;
        int kept = joins ? from : from + 1;
        if (!joins) {
            packed[2 * (first + from) + 1] = placeInChunk(chunk, chunkOffset);
        }
        int gone = to - kept;
        if (kept <= count - to) {
            System.arraycopy(packed, 2 * first, packed, 2 * (first + gone), 2 * kept);
            first += gone;
            number += gone;
            cleanFrom = Math.max(cleanFrom, page(kept - 1) + 1);
        } else {
            System.arraycopy(packed, 2 * (first + to), packed, 2 * (first + kept), 2 * (count - to));
            cleanTo = Math.min(cleanTo, page(kept - 1));
        }
        count -= gone;
        shrink();
        return !joins;
    }

    /** Whether there is a piece in a chunk. */
    boolean hasChunk(long chunk) {
        for (int i = 0; i < count; i++) {
            if (isInChunk(i) && chunk(i) == chunk) {
                return true;
            }
        }
        return false;
    }

    /** Removes the numbers of all chunks that there are pieces in. */
    void removeChunks(Set<Long> numbers) {
        for (int i = 0; i < count && !numbers.isEmpty(); i++) {
            if (isInChunk(i)) {
                numbers.remove(chunk(i));
            }
        }
    }

    /** Drops the pieces that end at or below {@code offset}; the one that holds it stays whole. */
    void dropBelow(long offset, long segmentLength, Dropped dropped) {
        while (count > 0 && end(0, segmentLength) <= offset) {
            if (isInChunk(0)) {
                dropped.inChunk(chunk(0));
            } else {
                dropped.inLog(frame(0), end(0, segmentLength) - offset(0));
            }
            first++;
            number++;
            count--;
        }
        if (number % PAGE != 0) {
            cleanFrom = Math.max(cleanFrom, firstPage() + 1);
        }
        shrink();
    }

    /** Number of the first piece. */
    long number() {
        return number;
    }

    private long page(int index) {
        return (number + index) / PAGE;
    }

    /** The page of the first piece. */
    long firstPage() {
        return page(0);
    }

    /** The page of the last piece; those before have all pieces that they will have. There must be a piece. */
    long lastPage() {
        return page(count - 1);
    }

    /** Index of the first piece that is in a page, or in one behind. */
    int indexOfPage(long page) {
        return Math.toIntExact(Math.max(0, page * PAGE - number));
    }

    /** A page before the last one that has to be written down; -1 if none has. */
    long nextUnwritten() {
        long begin = firstPage();
        if (cleanFrom >= cleanTo || cleanTo < begin) {
            cleanFrom = begin;
            cleanTo = begin;
        }
        if (cleanFrom > begin) {
            return cleanFrom - 1;
        }
        return cleanTo < lastPage() ? cleanTo : -1;
    }

    /** The page that {@link #nextUnwritten} gave is written down. */
    void written(long page) {
        if (page < cleanFrom) {
            cleanFrom = page;
        } else {
            cleanTo = page + 1;
        }
    }

    /** Nothing is written down. */
    void unwritten() {
        cleanFrom = 0;
        cleanTo = 0;
    }

    /** All pages before the last one are written down, and this is the number of the first piece. */
    void restored(long firstNumber) {
        number = firstNumber;
        cleanFrom = firstPage();
        cleanTo = lastPage();
    }

    /** Hears of pieces that are dropped. */
    interface Dropped {
        void inLog(long frame, long bytes);

        void inChunk(long chunk);
    }

    private void shrink() {
        int capacity = packed.length / 2;
        if (capacity > 4 * SMALLEST && count < capacity / 4) {
            int kept = Math.max(SMALLEST, count + count / 2);
            long[] smaller = new long[2 * kept];
            System.arraycopy(packed, 2 * first, smaller, 0, 2 * count);
            packed = smaller;
            first = 0;
        }
    }

    private void makeRoom(int more) {
        int capacity = packed.length / 2;
        int needed = Math.addExact(count, more);
        if (first + needed <= capacity) {
            return;
        }
        if (needed <= capacity - capacity / 4) {
            System.arraycopy(packed, 2 * first, packed, 0, 2 * count);
        } else {
            int grown = Math.max(needed, capacity + capacity / 2);
            long[] larger = first == 0 ? Arrays.copyOf(packed, Math.multiplyExact(2, grown)) : new long[2 * grown];
            if (first != 0) {
                System.arraycopy(packed, 2 * first, larger, 0, 2 * count);
            }
            packed = larger;
        }
        first = 0;
    }
}
