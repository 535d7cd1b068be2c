/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.WriterRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides what follows from what a stream's writers have noted. A pure function. */
final class WatermarkRule {

    /**
     * What a pass comes to.
     *
     * @param next the watermark to emit; null if the time has not come
     * @param inactive what the others no longer wait for
     * @param waiting writers that are waited for, and since when
     */
    record Outcome(@Nullable Watermark next, List<WriterRow> inactive, SortedMap<String, Long> waiting) {}

    private WatermarkRule() {}

    /**
     * @param last the newest watermark; null if there is none
     * @param waiting as the pass before said
     * @param timeoutMillis how long the others wait for a writer that has noted no time after the last watermark
     */
    static Outcome decide(
            EpochGraph graph,
            @Nullable Watermark last,
            Collection<WriterRow> writers,
            Map<String, Long> waiting,
            long timeoutMillis,
            long nowMillis) {
        List<WriterRow> taking = new ArrayList<>();
        List<WriterRow> inactive = new ArrayList<>();
        SortedMap<String, Long> stillWaiting = new TreeMap<>();
        for (WriterRow writer : writers) {
            long since = waiting.getOrDefault(writer.writer(), nowMillis);
            if (last == null || writer.timestamp() > last.lower()) {
                taking.add(writer);
            } else if (writer.alive() && nowMillis - since < timeoutMillis) {
                stillWaiting.put(writer.writer(), since);
            } else {
                inactive.add(writer);
            }
        }
        boolean isTime = !taking.isEmpty() && stillWaiting.isEmpty();
        return new Outcome(isTime ? watermark(graph, last, taking) : null, inactive, stillWaiting);
    }

    private static Watermark watermark(EpochGraph graph, @Nullable Watermark last, List<WriterRow> writers) {
        long lower = Long.MAX_VALUE;
        long upper = Long.MIN_VALUE;
        List<StreamCut> positions = new ArrayList<>();
        for (WriterRow writer : writers) {
            lower = Math.min(lower, writer.timestamp());
            upper = Math.max(upper, writer.timestamp());
            positions.add(writer.position());
        }
        if (last != null) {
            positions.add(last.position());
        }
        return new Watermark(lower, upper, UpperBound.of(graph, positions));
    }
}
