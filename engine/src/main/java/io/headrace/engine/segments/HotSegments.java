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
    private final Chunks chunks;
    private final int capacity;
    private final ChangedSegments changed;
    private final Map<String, Segment> byName = new HashMap<>();
    private final LongObjectMap<Segment> byId = new LongObjectHashMap<>();
    private @Nullable Segment oldest;
    private @Nullable Segment newest;

    /** @param capacity objects that stay although nothing needs them */
    HotSegments(SegmentRows rows, Chunks chunks, int capacity) {
        this.chunks = chunks;
        this.capacity = capacity;
        this.changed = new ChangedSegments(rows, capacity);
    }

    int capacity() {
        return capacity;
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
    }

    /** A segment ends, or is evicted. */
    void remove(Segment segment) {
        changed.remove(segment);
        byName.remove(segment.name);
        byId.remove(segment.id);
        unlink(segment);
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
        for (int left = looks; left > 0 && byId.size() > capacity; left--) {
            Segment segment = oldest;
            if (segment == null) {
                return;
            }
            if (segment.used || isNeeded(segment, committedFrame)) {
                segment.used = false;
                unlink(segment);
                link(segment);
            } else {
                changed.write(segment);
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
