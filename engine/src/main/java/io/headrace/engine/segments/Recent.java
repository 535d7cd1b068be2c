/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where in the log data stood that this owner has moved to chunks, for as long as those frames are in memory: a reader that
 * is a little behind is served from there. Volatile, and no reason to keep a frame.
 */
final class Recent {
    private static final int CHECKED_AT_A_TIME = 16;
    private static final Extents.Dropped NOBODY = new Extents.Dropped() {
        @Override
        public void inLog(long frame, long bytes) {}

        @Override
        public void inChunk(long chunk) {}
    };

    /** Extents of one segment, without gaps. */
    static final class Of {
        private final Extents extents = new Extents();
        private long end;
    }

    private final Set<Segment> segments = new LinkedHashSet<>();
    private final int capacity;

    /** @param capacity segments of which something is remembered, at most: they stay in memory for it */
    Recent(int capacity) {
        this.capacity = capacity;
    }

    /** Remembers extents of a segment that are about to be replaced. */
    void add(Segment segment, Extents extents, long from, long to, Turn<SegmentCommand, SegmentReply> turn) {
        Of recent = segment.recent;
        if (recent == null || recent.end != from) {
            recent = new Of();
            segment.recent = recent;
            segments.add(segment);
            forgetEldest();
        }
        for (int i = extents.indexOf(from); i < extents.count() && extents.offset(i) < to; i++) {
            recent.extents.add(extents.offset(i), extents.frame(i), extents.position(i));
        }
        recent.end = to;
        forget(recent, turn);
    }

    /**
     * Adds bytes of a segment, if they are in memory, to what is gathered.
     *
     * @return how many; 0 if they are not
     */
    static int gather(
            Segment segment, long offset, int length, Gathering into, Turn<SegmentCommand, SegmentReply> turn) {
        Of recent = segment.recent;
        if (recent == null
                || offset >= recent.end
                || recent.extents.count() == 0
                || offset < recent.extents.offset(0)) {
            return 0;
        }
        int index = recent.extents.indexOf(offset);
        ByteBuf bytes = turn.frame(recent.extents.frame(index));
        if (bytes == null) {
            return 0;
        }
        int count = (int) Math.min(length, recent.extents.end(index, recent.end) - offset);
        into.add(bytes, recent.extents.position(index) + (int) (offset - recent.extents.offset(index)), count);
        return count;
    }

    private void forgetEldest() {
        if (segments.size() > capacity) {
            ended(segments.iterator().next());
        }
    }

    void ended(Segment segment) {
        segment.recent = null;
        segments.remove(segment);
    }

    /** Looks after some segments: those whose frames are all gone are forgotten. */
    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        for (int left = Math.min(CHECKED_AT_A_TIME, segments.size()); left > 0; left--) {
            Iterator<Segment> first = segments.iterator();
            Segment segment = first.next();
            first.remove();
            Of recent = segment.recent;
            if (recent != null) {
                forget(recent, turn);
                if (recent.extents.count() == 0) {
                    segment.recent = null;
                } else {
                    segments.add(segment);
                }
            }
        }
    }

    /** Forgets what is not in memory any more, from the front. */
    private static void forget(Of recent, Turn<SegmentCommand, SegmentReply> turn) {
        Extents extents = recent.extents;
        int gone = 0;
        long frame = -1;
        while (gone < extents.count() && (extents.frame(gone) == frame || turn.frame(extents.frame(gone)) == null)) {
            frame = extents.frame(gone);
            gone++;
        }
        if (gone > 0) {
            extents.dropBelow(extents.end(gone - 1, recent.end), recent.end, NOBODY);
        }
    }
}
