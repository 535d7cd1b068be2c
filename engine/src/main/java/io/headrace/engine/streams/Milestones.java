/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which watermarks of a mark stream are kept: those of the last two days, but no more than 64 MiB. A reader that is
 * further behind than that knows no time until it has come to the oldest one that is left.
 *
 * <p>Milestones are times with the offset of what was written then, not more than six hours or 8 MiB apart: so there are
 * few of them, and up to that much more is kept. Pure functions.
 */
final class Milestones {
    static final long KEPT_MILLIS = 48 * 3_600_000L;
    static final long KEPT_BYTES = 64 << 20;
    private static final long APART_MILLIS = 6 * 3_600_000L;
    private static final long APART_BYTES = 8 << 20;

    private Milestones() {}

    /**
     * The milestones after a watermark has been written; what lies before the first of them may go.
     *
     * @param known those before, by time
     * @param offset where the watermark begins
     * @param end where it ends
     */
    static SortedMap<Long, Long> after(SortedMap<Long, Long> known, long nowMillis, long offset, long end) {
        TreeMap<Long, Long> milestones = new TreeMap<>(known);
        Map.Entry<Long, Long> last = milestones.lastEntry();
        if (last == null) {
            milestones.put(nowMillis, offset);
        } else if (nowMillis - last.getKey() >= APART_MILLIS || offset - last.getValue() >= APART_BYTES) {
            milestones.put(Math.max(nowMillis, last.getKey() + 1), offset);
        }
        while (milestones.size() > 1 && mayGo(milestones, nowMillis, end)) {
            milestones.pollFirstEntry();
        }
        return milestones;
    }

    /** Where the watermarks begin that are kept; there is a milestone. */
    static long start(SortedMap<Long, Long> milestones) {
        return milestones.values().iterator().next();
    }

    /** Whether the first is not needed, because the second reaches far enough back. */
    private static boolean mayGo(NavigableMap<Long, Long> milestones, long nowMillis, long end) {
        Iterator<Map.Entry<Long, Long>> entries = milestones.entrySet().iterator();
        entries.next();
        Map.Entry<Long, Long> second = entries.next();
        return nowMillis - second.getKey() >= KEPT_MILLIS || end - second.getValue() >= KEPT_BYTES;
    }
}
