/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were loaded from a {@link StateBase} for one command that is executed again. They are of no use once another
 * layer has been written into the base.
 */
public final class LoadedRows {
    /** One load ends behind the row that brings it to this, in bytes: as much as the largest answer can have. */
    public static final long MAX_LOAD_BYTES = 17 << 20;

    /** Most rows of one part of a walk. */
    public static final int MAX_RANGE_ROWS = 1024;

    /** A part of a walk ends behind the row that brings it to this, in bytes. */
    public static final int MAX_RANGE_BYTES = 2 << 20;

    /** A value as far as it was asked for. */
    static final class Found {
        private final byte @Nullable [] head;
        private final int length;

        private Found(byte @Nullable [] head, int length) {
            this.head = head;
            this.length = length;
        }

        /** Null if the key is absent. */
        byte @Nullable [] head() {
            return head;
        }
    }

    /** Neighbouring rows. */
    static final class Part {
        private final RowRead.Range read;
        private final List<Row> rows;
        private final byte @Nullable [] next;

        private Part(RowRead.Range read, List<Row> rows, byte @Nullable [] next) {
            this.read = read;
            this.rows = rows;
            this.next = next;
        }

        long map() {
            return read.map();
        }

        List<Row> rows() {
            return rows;
        }

        /** Where the walk goes on in the base; null if the map ends with these rows. */
        byte @Nullable [] next() {
            return next;
        }
    }

    private final Map<Long, Map<byte[], Found>> keys = new TreeMap<>();
    private final Map<Long, Map<byte[], Part>> parts = new TreeMap<>();
    private final long generation;

    LoadedRows(long generation) {
        this.generation = generation;
    }

    /** Adds what a key has. */
    public void add(RowRead.Key read, byte @Nullable [] head) {
        of(read.map(), keys).put(read.key(), new Found(head, read.length()));
    }

    /**
     * Adds a part of a walk.
     *
     * @param rows in ascending order of keys; at least one unless it is complete
     * @param complete whether the map has no more
     */
    public void add(RowRead.Range read, List<Row> rows, boolean complete) {
        byte[] next = null;
        if (!complete) {
            byte[] last = rows.get(rows.size() - 1).key();
            next = Arrays.copyOf(last, last.length + 1);
        }
        of(read.map(), parts).put(read.key(), new Part(read, List.copyOf(rows), next));
    }

    private static <T> Map<byte[], T> of(long map, Map<Long, Map<byte[], T>> maps) {
        return maps.computeIfAbsent(map, number -> new TreeMap<>(Arrays::compareUnsigned));
    }

    long generation() {
        return generation;
    }

    /** What was loaded of a key; null if it was not, or not as much as {@code length} bytes. */
    @Nullable
    Found find(long map, byte[] key, int length) {
        Map<byte[], Found> ofMap = keys.get(map);
        Found found = ofMap == null ? null : ofMap.get(key);
        return found == null || found.length < length ? null : found;
    }

    /** The part of a walk that begins exactly there. */
    @Nullable
    Part find(long map, byte[] from) {
        Map<byte[], Part> ofMap = parts.get(map);
        return ofMap == null ? null : ofMap.get(from);
    }
}
