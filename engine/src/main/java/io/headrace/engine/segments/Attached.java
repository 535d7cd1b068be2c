/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.segments.Connections.Connection;
import io.headrace.engine.segments.Connections.WaitingRead;
import io.headrace.engine.segments.Connections.Writer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What this owner of the partition knows about a segment beside its durable state. */
final class Attached {
    private static final Comparator<WaitingRead> BY_OFFSET = Comparator.comparingLong(
                    (WaitingRead read) -> read.command.offset())
            .thenComparingLong(read -> read.number);

    final Map<UUID, Writer> writers = new HashMap<>(2);
    final TreeSet<WaitingRead> reads = new TreeSet<>(BY_OFFSET);

    /** The connection that a transient segment lives with. */
    @Nullable
    Connection owner;

    /**
     * Frame of the last merge into this segment: data from {@link #mergedFrom} on may stand in older frames, but
     * belongs to this segment only once that frame is committed.
     */
    long mergedIn;

    /** Target offset of the first merge that was not known to be committed when {@link #mergedIn} was set. */
    long mergedFrom;

    /** Whether somebody is tied to the segment. */
    boolean isInUse() {
        return !writers.isEmpty() || !reads.isEmpty() || owner != null;
    }

    static Attached of(Segment segment) {
        Attached attached = segment.attached;
        if (attached == null) {
            attached = new Attached();
            segment.attached = attached;
        }
        return attached;
    }
}
