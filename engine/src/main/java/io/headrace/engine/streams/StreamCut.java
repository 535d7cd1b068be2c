/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A position in a whole stream.
 *
 * @param offsets segment id to offset; a negative offset marks a segment that is not reached yet. Empty stands for
 *     "unbounded"
 */
public record StreamCut(SortedMap<Long, Long> offsets) {

    public static final StreamCut UNBOUNDED = new StreamCut(Collections.emptySortedMap());

    public StreamCut {
        offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    }

    public static StreamCut of(Map<Long, Long> offsets) {
        return new StreamCut(new TreeMap<>(offsets));
    }

    public boolean isUnbounded() {
        return offsets.isEmpty();
    }
}
