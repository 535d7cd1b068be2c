/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.calls;

import io.headrace.engine.calls.CallStamp.Progress;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far callers have come with their calls, for each slot that they call. A call is outdated if its caller was done
 * with it before it made one that is known here, or if a newer owner of the caller is known here.
 *
 * <p>Durable state of the partition that is called: what a caller undoes must stay undone, also if the call that once did
 * it is still on its way. So a new mark is logged together with whatever a call undoes.
 */
public final class CallOrder {

    /** Receives marks. */
    @FunctionalInterface
    public interface Visitor {
        void mark(int slot, int caller, long owner, Progress progress);
    }

    private record Mark(long owner, Progress progress) {}

    private final NavigableMap<Long, Mark> marks = new TreeMap<>();

    /** Whether a call must not have any effect (any more). */
    public boolean isOutdated(int slot, CallStamp stamp) {
        Mark mark = marks.get(key(slot, stamp.caller()));
        return mark != null
                && (stamp.owner() < mark.owner
                        || (stamp.owner() == mark.owner && mark.progress.isDoneWith(stamp.number())));
    }

    /** Whether a call, which is not outdated, may make earlier ones so. */
    public boolean isAhead(int slot, CallStamp stamp) {
        Mark mark = marks.get(key(slot, stamp.caller()));
        return mark == null || stamp.owner() > mark.owner || stamp.progress().isBeyond(mark.progress);
    }

    public void put(int slot, int caller, long owner, Progress progress) {
        marks.put(key(slot, caller), new Mark(owner, progress));
    }

    /** Number of slots times callers that are known. */
    public int size() {
        return marks.size();
    }

    /** Visits all marks, always in the same order. */
    public void forEach(Visitor visitor) {
        marks.forEach((key, mark) -> visitor.mark((int) (key >> 32), key.intValue(), mark.owner, mark.progress));
    }

    private static long key(int slot, int caller) {
        return (long) slot << 32 | (caller & 0xffffffffL);
    }
}
