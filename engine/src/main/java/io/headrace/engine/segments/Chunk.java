/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.List;

/**
 * A chunk in long-term storage that the partition knows of. Only {@link Chunks} changes it. Its pieces always belong to one
 * segment: it is written for one, and a merge moves all of them.
 */
final class Chunk {
    /** The first bytes of another chunk, to become a part of this one. */
    record Source(long chunk, int length) {}

    final long number;

    /** Of the owner that made it: a part of its name. */
    final long epoch;

    /** Bytes that count; the storage may have more. */
    int length;

    /** Nobody writes to it any more, in this epoch or another. */
    boolean sealed;

    /** Pieces of segments that refer to it. */
    int pieces;

    /** Number of the segment whose pieces these are; 0 if there are none. */
    long segment;

    /** What is being joined into this chunk; empty unless that is under way, which ends with this having a length. */
    List<Source> sources = List.of();

    /** Number of the chunk that this one is being joined into; 0 if none. */
    long joining;

    /** Of this owner: the frame of the last change; 0 if that was before this owner restored it. */
    long changedIn;

    Chunk(long number, long epoch) {
        this.number = number;
        this.epoch = epoch;
    }

    /** Whether nothing refers to it and nothing ever will: it is to be deleted. */
    boolean isUnused() {
        return pieces == 0 && sources.isEmpty() && joining == 0;
    }
}
