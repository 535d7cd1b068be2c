/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.segments.Chunk.Source;
import java.util.List;

/** Chunks of one segment that are being joined into a new one. Only {@link Chunks} changes it. */
final class ChunkJoin {
    /** Number of the new chunk. */
    final long number;

    /** Of the owner that began: a part of the new chunk's name. */
    final long epoch;

    final List<Source> sources;

    /** Number of the segment that they belong to, which a merge changes; 0 if it has ended. */
    long segment;

    /** Of this owner: the frame of the record that began it; 0 if that was before this owner restored it. */
    long begunIn;

    ChunkJoin(long number, long epoch, long segment, List<Source> sources) {
        this.number = number;
        this.epoch = epoch;
        this.segment = segment;
        this.sources = List.copyOf(sources);
    }

    boolean has(long chunk) {
        return sources.stream().anyMatch(source -> source.chunk() == chunk);
    }
}
