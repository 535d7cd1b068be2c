/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Segments that are newer than their rows, in the order in which they became that. Their rows are written a few at a time,
 * so that no turn of the loop has to write all of them.
 */
final class ChangedSegments {
    /** Rows that one turn writes at most, and that may be left for the turn in which a checkpoint begins. */
    private static final int ROWS_OF_TURN = 128;

    /** One turn ends with the row that brings it to this, in bytes. */
    private static final int BYTES_OF_TURN = 64 << 10;

    /** How often what has changed meanwhile is gone through, before a checkpoint takes what is left as it is. */
    private static final int PASSES = 4;

    private final SegmentRows rows;
    private final int rowsOfTurn;
    private final Set<Segment> segments = new LinkedHashSet<>();
    private long last;

    /** The pass before a checkpoint, from 1; 0 if none is under way. It ends with the change of number {@link #passEnd}. */
    private int pass;

    private long passEnd;

    /** @param capacity objects that stay although nothing needs them */
    ChangedSegments(SegmentRows rows, int capacity) {
        this.rows = rows;
        this.rowsOfTurn = Math.min(ROWS_OF_TURN, capacity);
    }

    void add(Segment segment) {
        if (segment.changed == 0) {
            segment.changed = ++last;
            segments.add(segment);
        }
    }

    /** A segment ends: there is nothing to be written of it. */
    void remove(Segment segment) {
        if (segment.changed != 0) {
            segment.changed = 0;
            segments.remove(segment);
        }
    }

    /** Brings the rows of one segment up to date; false if that is too much for one turn, and a part of it has been done. */
    boolean write(Segment segment) {
        if (segment.changed != 0) {
            rows.writePieces(segment, BYTES_OF_TURN);
            if (!PieceRows.areWritten(segment)) {
                return false;
            }
            remove(segment);
            rows.write(segment);
        }
        return true;
    }

    /** Brings all rows up to date. */
    void writeAll() {
        segments.forEach(segment -> {
            segment.changed = 0;
            rows.write(segment);
        });
        segments.clear();
    }

    /** Number of the last change that made an object newer than its rows. */
    long last() {
        return last;
    }

    /**
     * Brings rows up to date, as many as one turn may.
     *
     * @param until the {@linkplain #last number} of the last change that counts
     * @return whether the rows have all changes up to that one
     */
    boolean write(long until) {
        Iterator<Segment> oldest = segments.iterator();
        int bytes = 0;
        for (int left = rowsOfTurn; left > 0 && bytes < BYTES_OF_TURN && oldest.hasNext(); left--) {
            Segment segment = oldest.next();
            if (segment.changed > until) {
                return true;
            }
            bytes += rows.writePieces(segment, BYTES_OF_TURN - bytes);
            if (!PieceRows.areWritten(segment)) {
                return false;
            }
            oldest.remove();
            segment.changed = 0;
            bytes += rows.write(segment);
        }
        return !oldest.hasNext() || segments.iterator().next().changed > until;
    }

    /** The same before a checkpoint; whether so little is left that the turn in which it begins can do the rest. */
    boolean writeMost() {
        if (pass == 0) {
            pass = 1;
            passEnd = last;
        }
        boolean ended = write(passEnd);
        if (ended && (segments.size() <= rowsOfTurn || pass == PASSES)) {
            pass = 0;
            return true;
        }
        if (ended) {
            pass++;
            passEnd = last;
        }
        return false;
    }
}
