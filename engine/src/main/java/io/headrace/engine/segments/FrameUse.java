/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.Arrays;

/**
 * How many extents refer to each frame, to know which part of the log must stay readable. One sorted array with an
 * entry per frame that is in use: frames come in ascending order, so adding is appending; frames that fall out of use
 * in the middle are swept when they make up half of the array. Space is that of the frames in use, not of all frames
 * since the oldest.
 */
final class FrameUse {
    /** Bits of an entry that hold the count; a frame of one MiB cannot hold as many records. The others hold the frame. */
    private static final int COUNT_BITS = 20;

    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int SMALLEST = 16;

    private long[] entries = new long[SMALLEST];
    private int head;
    private int tail;
    private int unused;
    private long extents;

    /** Where the last search ended: extents that are dropped together lie in neighbouring frames. */
    private int hint;

    /** The oldest frame in use, or {@link Long#MAX_VALUE}. */
    long oldest() {
        return head == tail ? Long.MAX_VALUE : frameAt(head);
    }

    /** Counts one more extent in {@code frame}, which must not be below any frame that was added before. */
    void add(long frame) {
        extents++;
        if (tail > head && frameAt(tail - 1) == frame) {
            if ((entries[tail - 1] & COUNT_MASK) == 0) {
                unused--;
            }
            entries[tail - 1]++;
            return;
        }
        if (tail > head && frameAt(tail - 1) > frame) {
            throw new IllegalStateException("frame " + frame + " after frame " + frameAt(tail - 1));
        }
        if (tail == entries.length) {
            makeRoom();
        }
        entries[tail++] = frame << COUNT_BITS | 1;
    }

    /** Counts one extent less in {@code frame}. */
    void remove(long frame) {
        int at = find(frame);
        hint = at;
        extents--;
        entries[at]--;
        if ((entries[at] & COUNT_MASK) != 0) {
            return;
        }
        unused++;
        while (head < tail && (entries[head] & COUNT_MASK) == 0) {
            head++;
            unused--;
        }
        if (unused > (tail - head) / 2 && tail - head > SMALLEST) {
            sweep(entries);
        }
    }

    /** Replaces everything by the uses in {@code frames}, in any order; sorts the first {@code count} of them. */
    void load(long[] frames, int count) {
        Arrays.sort(frames, 0, count);
        head = 0;
        tail = 0;
        unused = 0;
        extents = 0;
        for (int i = 0; i < count; i++) {
            add(frames[i]);
        }
    }

    /** Hears of frames that are in use. */
    interface Visitor {
        void use(long frame, long extents);
    }

    /** Frames in use, in ascending order. */
    void forEach(Visitor visitor) {
        for (int at = head; at < tail; at++) {
            if ((entries[at] & COUNT_MASK) != 0) {
                visitor.use(frameAt(at), entries[at] & COUNT_MASK);
            }
        }
    }

    int count() {
        return tail - head - unused;
    }

    /** How many extents there are in all frames together. */
    long extents() {
        return extents;
    }

    /** Takes over how many extents are in a frame above all others. */
    void restore(long frame, long count) {
        if (count < 1 || count > COUNT_MASK || frame < 0 || frame >= 1L << (Long.SIZE - COUNT_BITS - 1)) {
            throw new IllegalStateException("frame " + frame + " has " + count + " extents");
        }
        add(frame);
        entries[tail - 1] += count - 1;
        extents += count - 1;
    }

    private int find(long frame) {
        for (int at = hint; at <= hint + 1; at++) {
            if (at >= head && at < tail && frameAt(at) == frame) {
                return at;
            }
        }
        int low = head;
        int high = tail - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = frameAt(middle);
            if (found < frame) {
                low = middle + 1;
            } else if (found > frame) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        throw new IllegalStateException("frame " + frame + " is not in use");
    }

    private void makeRoom() {
        int live = tail - head - unused;
        sweep(live > entries.length / 2 ? new long[Math.max(SMALLEST, entries.length + entries.length / 2)] : entries);
    }

    /** Moves the entries that are in use to the start of {@code target}. */
    private void sweep(long[] target) {
        int to = 0;
        for (int from = head; from < tail; from++) {
            if ((entries[from] & COUNT_MASK) != 0) {
                target[to++] = entries[from];
            }
        }
        entries = target;
        head = 0;
        tail = to;
        unused = 0;
        hint = 0;
    }

    private long frameAt(int index) {
        return entries[index] >>> COUNT_BITS;
    }
}
