/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.GroupRow;
import io.headrace.engine.streams.Row.ScopeRow;
import io.headrace.engine.streams.Row.TableRow;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A scope and what is in it. Changed by {@link State} only. */
final class ScopeData {
    ScopeRow row;
    final NavigableMap<String, StreamData> streams = new TreeMap<>();
    final NavigableMap<String, GroupRow> groups = new TreeMap<>();
    final NavigableMap<String, TableRow> tables = new TreeMap<>();
    final Map<String, NavigableSet<String>> streamsByTag = new HashMap<>();
    final Map<String, Work> groupWork = new TreeMap<>();
    final Map<String, Work> tableWork = new TreeMap<>();

    @Nullable
    Work work;

    ScopeData(ScopeRow row) {
        this.row = row;
    }

    boolean isEmpty() {
        return streams.isEmpty() && groups.isEmpty() && tables.isEmpty();
    }

    void tag(StreamData stream) {
        if (stream.name().isUserStream()) {
            for (String tag : stream.configuration.tags()) {
                streamsByTag.computeIfAbsent(tag, t -> new TreeSet<>()).add(stream.name().stream());
            }
        }
    }

    void untag(StreamData stream) {
        for (String tag : stream.configuration.tags()) {
            NavigableSet<String> tagged = streamsByTag.get(tag);
            if (tagged != null) {
                tagged.remove(stream.name().stream());
                if (tagged.isEmpty()) {
                    streamsByTag.remove(tag);
                }
            }
        }
    }
}
