/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/** The pieces of a segment that is being read from rows, as far as they have been. */
final class PiecesRead {
    private final Extents extents = new Extents();
    private long end;
    private long logBytes;
    private int skipped;

    /** @param offset in the segment, where the first piece begins */
    PiecesRead(long offset) {
        this.end = offset;
    }

    /** Leaves out the next pieces, which are not there any more. */
    void skip(int pieces) {
        skipped = pieces;
    }

    void addInLog(long length, long frame, int position) {
        if (!isSkipped()) {
            extents.add(end, frame, position);
            logBytes += length;
        }
        end += length;
    }

    void addInChunk(long length, long chunk, int offset) {
        if (!isSkipped()) {
            extents.addInChunk(end, chunk, offset);
        }
        end += length;
    }

    private boolean isSkipped() {
        if (skipped == 0) {
            return false;
        }
        skipped--;
        return true;
    }

    Extents extents() {
        return extents;
    }

    /** Offset right after the last piece. */
    long end() {
        return end;
    }

    /** Bytes that are in the log. */
    long logBytes() {
        return logBytes;
    }
}
