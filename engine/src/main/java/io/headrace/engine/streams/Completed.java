/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.CompletedRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How transactions ended, for a day. Outlives the streams. All is kept in the order in which they ended. */
final class Completed {

    private static final class OfStream {
        final Map<UUID, CompletedRow> byId = new HashMap<>();
        final Deque<CompletedRow> rows = new ArrayDeque<>();
    }

    private final Map<StreamName, OfStream> streams = new HashMap<>();
    private final Set<CompletedRow> all = new LinkedHashSet<>();

    void put(CompletedRow row) {
        OfStream stream = streams.computeIfAbsent(row.name(), n -> new OfStream());
        stream.byId.put(row.id(), row);
        stream.rows.add(row);
        all.add(row);
    }

    void remove(CompletedRow row) {
        OfStream stream = streams.get(row.name());
        CompletedRow known = stream == null ? null : stream.byId.remove(row.id());
        if (stream != null && known != null) {
            all.remove(known);
            // It is the first one.
            stream.rows.removeFirstOccurrence(known);
            if (stream.rows.isEmpty()) {
                streams.remove(row.name());
            }
        }
    }

    @Nullable
    CompletedRow find(StreamName stream, UUID transaction) {
        OfStream rows = streams.get(stream);
        return rows == null ? null : rows.byId.get(transaction);
    }

    /** The newest ones of a stream. */
    Map<UUID, Boolean> latest(StreamName stream, int limit) {
        Map<UUID, Boolean> latest = new HashMap<>();
        OfStream rows = streams.get(stream);
        if (rows != null) {
            Iterator<CompletedRow> newest = rows.rows.descendingIterator();
            while (newest.hasNext() && latest.size() < limit) {
                CompletedRow row = newest.next();
                latest.put(row.id(), row.committed());
            }
        }
        return latest;
    }

    /** The oldest one of a stream, if it has more than {@code keep}; else null. */
    @Nullable
    CompletedRow surplus(StreamName stream, int keep) {
        OfStream rows = streams.get(stream);
        return rows == null || rows.rows.size() <= keep ? null : rows.rows.getFirst();
    }

    /** Up to {@code limit} rows that ended before a time. */
    List<CompletedRow> expired(long beforeMillis, int limit) {
        List<CompletedRow> expired = new ArrayList<>();
        for (CompletedRow row : all) {
            if (row.atMillis() >= beforeMillis || expired.size() == limit) {
                break;
            }
            expired.add(row);
        }
        return expired;
    }

    void forEachRow(Consumer<Row> consumer) {
        all.forEach(consumer);
    }
}
