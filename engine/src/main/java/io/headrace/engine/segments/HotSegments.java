/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segments that are objects: those in use, and as many of the others as may be. An object that has changed is newer
 * than its rows; it is written into them when it is evicted, and before each checkpoint. Which segments are here is
 * nothing that a record or an answer depends on.
 */
final class HotSegments {
    /** What a segment takes on the heap, with a few pieces and attributes and whatever it is found by; measured. */
    static final long SEGMENT_BYTES = 1024;

    private static final int NAME_BYTES = 64;
    private static final int PIECE_BYTES = 16;
    private static final int ATTRIBUTE_BYTES = 48;
    private static final int FEW = 4;

    private final Chunks chunks;
    private final long capacity;
    private final ChangedSegments changed;
    private final Map<String, Segment> byName = new HashMap<>();
    private final LongObjectMap<Segment> byId = new LongObjectHashMap<>();
    private @Nullable Segment oldest;
    private @Nullable Segment newest;
    private long bytes;

    /** @param capacity bytes up to which objects stay although nothing needs them; one does in any case */
    HotSegments(SegmentRows rows, Chunks chunks, long capacity) {
        this.chunks = chunks;
        this.capacity = capacity;
        this.changed = new ChangedSegments(rows, count(capacity));
    }

    private static int count(long bytes) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / SEGMENT_BYTES));
    }

    /** How many segments of the usual size stay although nothing needs them. */
    int capacity() {
        return count(capacity);
    }

    int count() {
        return byId.size();
    }

    @Nullable
    Segment find(String name) {
        return used(byName.get(name));
    }

    @Nullable
    Segment find(long id) {
        return used(byId.get(id));
    }

    private static @Nullable Segment used(@Nullable Segment segment) {
        if (segment != null) {
            segment.used = true;
        }
        return segment;
    }

    void add(Segment segment) {
        byName.put(segment.name, segment);
        byId.put(segment.id, segment);
        link(segment);
        weigh(segment);
    }

    /** A segment may have become larger or smaller. */
    private void weigh(Segment segment) {
        Extents extents = segment.extents;
        long weight = SEGMENT_BYTES
                + 2L * Math.max(0, segment.name.length() - NAME_BYTES)
                + (extents == null ? 0 : (long) PIECE_BYTES * Math.max(0, extents.capacity() - FEW))
                + (long) ATTRIBUTE_BYTES * Math.max(0, segment.attributes.inMemory() - FEW);
        bytes += weight - segment.weight;
        segment.weight = weight;
    }

    /** A segment becomes newer than its rows. */
    void change(Segment segment) {
        weigh(segment);
        changed.add(segment);
    }

    /** A segment ends, or is evicted. */
    void remove(Segment segment) {
        changed.remove(segment);
        byName.remove(segment.name);
        byId.remove(segment.id);
        unlink(segment);
        bytes -= segment.weight;
        segment.weight = 0;
    }

    /** Those that are newer than their rows. */
    ChangedSegments changed() {
        return changed;
    }

    /**
     * Evicts what has not been used for longest and is not needed, if there are too many. Between batches only.
     *
     * @param looks how many objects to consider at most: all may be needed
     * @param committedFrame what was changed later stays: who asks for it must wait for that frame
     */
    void trim(int looks, long committedFrame) {
        for (int left = looks; left > 0 && bytes > capacity && byId.size() > 1; left--) {
            Segment segment = oldest;
            if (segment == null) {
                return;
            }
            weigh(segment);
            if (segment.used || isNeeded(segment, committedFrame) || !changed.write(segment)) {
                segment.used = false;
                unlink(segment);
                link(segment);
            } else {
                remove(segment);
            }
        }
    }

    private boolean isNeeded(Segment segment, long committedFrame) {
        return segment.changedIn > committedFrame
                || segment.pipeline != null
                || segment.recent != null
                || segment.holds > 0
                || (segment.attached != null && segment.attached.isInUse())
                // The end of a join is logged without a command that names the segment.
                || chunks.isJoiningOf(segment.id);
    }

    private void link(Segment segment) {
        Segment before = newest;
        segment.older = before;
        segment.newer = null;
        if (before == null) {
            oldest = segment;
        } else {
            before.newer = segment;
        }
        newest = segment;
    }

    private void unlink(Segment segment) {
        Segment older = segment.older;
        Segment newer = segment.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        segment.older = null;
        segment.newer = null;
    }
}
