/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

/**
 * A chunk in long-term storage that the partition knows of. One that is complete never changes: it is a row, and this is
 * what was read. One that may grow is an object of {@link Chunks}, which alone changes it.
 */
final class Chunk {
    /** The first bytes of another chunk, to become a part of a new one. */
    record Source(long chunk, int length) {}

    final long number;

    /** Of the owner that made it: a part of its name. */
    final long epoch;

    /** Bytes that count; the storage may have more. */
    int length;

    /** Number of the segment that has parts of it; 0 if it is complete, for then nobody needs to know. */
    long segment;

    Chunk(long number, long epoch, int length) {
        this.number = number;
        this.epoch = epoch;
        this.length = length;
    }
}
