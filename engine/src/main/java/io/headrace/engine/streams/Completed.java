/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.CompletedRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How transactions ended, for a day. Outlives the streams. Each stream's are in the order in which they ended. */
final class Completed {
    private final Map<StreamName, LinkedHashMap<UUID, CompletedRow>> byStream = new LinkedHashMap<>();

    void put(CompletedRow row) {
        byStream.computeIfAbsent(row.name(), n -> new LinkedHashMap<>()).put(row.id(), row);
    }

    void remove(CompletedRow row) {
        Map<UUID, CompletedRow> rows = byStream.get(row.name());
        if (rows != null) {
            rows.remove(row.id());
            if (rows.isEmpty()) {
                byStream.remove(row.name());
            }
        }
    }

    @Nullable
    CompletedRow find(StreamName stream, UUID transaction) {
        Map<UUID, CompletedRow> rows = byStream.get(stream);
        return rows == null ? null : rows.get(transaction);
    }

    /** The newest ones of a stream. */
    Map<UUID, Boolean> latest(StreamName stream, int limit) {
        Map<UUID, CompletedRow> rows = byStream.getOrDefault(stream, new LinkedHashMap<>());
        Map<UUID, Boolean> latest = new HashMap<>();
        List<CompletedRow> ordered = new ArrayList<>(rows.values());
        Collections.reverse(ordered);
        for (CompletedRow row : ordered) {
            if (latest.size() == limit) {
                break;
            }
            latest.put(row.id(), row.committed());
        }
        return latest;
    }

    /** Up to {@code limit} rows that ended before a time, or are not among the newest {@code keep} of their stream. */
    List<CompletedRow> expired(long beforeMillis, int keep, int limit) {
        List<CompletedRow> expired = new ArrayList<>();
        for (Map<UUID, CompletedRow> rows : byStream.values()) {
            int surplus = rows.size() - keep;
            Iterator<CompletedRow> oldest = rows.values().iterator();
            while (oldest.hasNext() && expired.size() < limit) {
                CompletedRow row = oldest.next();
                if (row.atMillis() >= beforeMillis && surplus <= 0) {
                    break;
                }
                surplus--;
                expired.add(row);
            }
        }
        return expired;
    }

    void forEachRow(Consumer<Row> consumer) {
        byStream.values().forEach(rows -> rows.values().forEach(consumer));
    }
}
