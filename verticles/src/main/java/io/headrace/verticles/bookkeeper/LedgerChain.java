/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.bookkeeper.client.LedgerHandle;
import org.jspecify.annotations.Nullable;

/** The ledgers of a log that can be read, by their first frame. Confined to the owner's loop. */
final class LedgerChain {
    private final TreeMap<Long, LedgerHandle> byFirstFrame = new TreeMap<>();

    /**
     * A run of frames in one ledger.
     *
     * @param end number after the last frame, {@link Long#MAX_VALUE} in the newest ledger
     */
    record Part(LedgerHandle handle, long firstFrame, long end) {}

    void add(long firstFrame, LedgerHandle handle) {
        byFirstFrame.put(firstFrame, handle);
    }

    long firstFrame() {
        return byFirstFrame.firstKey();
    }

    /** The ledger that holds {@code frame}, or null if it lies before the chain. */
    @Nullable
    Part find(long frame) {
        Map.Entry<Long, LedgerHandle> entry = byFirstFrame.floorEntry(frame);
        if (entry == null) {
            return null;
        }
        Long next = byFirstFrame.higherKey(frame);
        return new Part(entry.getValue(), entry.getKey(), next == null ? Long.MAX_VALUE : next);
    }

    /** Removes the ledgers that hold only frames below {@code frame}; never the newest. */
    List<LedgerRef> removeBelow(long frame) {
        List<LedgerRef> removed = new ArrayList<>();
        while (byFirstFrame.size() > 1) {
            long first = byFirstFrame.firstKey();
            Long second = byFirstFrame.higherKey(first);
            if (second == null || second > frame) {
                break;
            }
            LedgerHandle handle = byFirstFrame.remove(first);
            if (handle != null) {
                removed.add(new LedgerRef(handle.getId(), first));
            }
        }
        return removed;
    }
}
