/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.tiering.ChunkWriter;
import org.jspecify.annotations.Nullable;

/** The way of one segment's data to long-term storage, while there is some that is not there, or a chunk is open. */
final class Pipeline {
    /** A chunk that this owner writes to. */
    static final class Open {
        final long number;
        final ChunkWriter writer;

        /** Whether it has been logged that there is data in it. */
        boolean recorded;

        Open(long number, ChunkWriter writer) {
            this.number = number;
            this.writer = writer;
        }
    }

    final Segment segment;

    /** Likely to be merged or deleted soon. */
    final boolean late;

    /** Whether it is in one of the queues. */
    boolean queued;

    /** Whether it is among those that have enough for a flush. */
    boolean full;

    /** A call of the storage, or a load of a frame, is under way. */
    boolean busy;

    /** The segment is gone. */
    boolean ended;

    /** Since when there is data to flush, in milliseconds since the Unix epoch. */
    long since;

    /** When this flush began: what came later is younger. */
    long begun;

    /** The frame that it waits for; only while it waits for one. */
    long awaited;

    /** What has been gathered while it waits for a frame. */
    @Nullable
    Batch batch;

    /** Bytes that are being written. */
    long writing;

    /** When a chunk was last written to. */
    long used;

    @Nullable
    Open open;

    Pipeline(Segment segment, boolean late) {
        this.segment = segment;
        this.late = late;
    }
}
