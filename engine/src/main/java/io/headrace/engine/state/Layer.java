/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes of keyed state that lie above a {@link StateBase}: what was put, what was removed, and which maps were dropped.
 * Belongs to its partition's loop until it is frozen; then it never changes, and any thread may read it.
 */
public final class Layer {
    /** Stands for the absence of a key; told from a value by identity. */
    static final byte[] REMOVED = new byte[0];

    /** What a row costs on the heap beside its bytes: two arrays and a node of a tree. */
    private static final int ROW_BYTES = 80;

    private final TreeMap<Long, TreeMap<byte[], byte[]>> maps = new TreeMap<>();
    private final TreeSet<Long> dropped = new TreeSet<>();
    private long bytes;

    /** Hears of the changes of one layer. */
    public interface Visitor {
        /**
         * One changed row.
         *
         * @param value null if the key was removed
         */
        void row(long map, byte[] key, byte @Nullable [] value);
    }

    /** Tells of all rows that were put or removed, in ascending order of maps and keys. */
    public void forEach(Visitor visitor) {
        maps.forEach(
                (map, rows) -> rows.forEach((key, value) -> visitor.row(map, key, value == REMOVED ? null : value)));
    }

    /** Maps of which nothing that lies below counts any more. */
    public SortedSet<Long> dropped() {
        return dropped;
    }

    public boolean isEmpty() {
        return maps.isEmpty() && dropped.isEmpty();
    }

    /** About how much heap it takes, in bytes. */
    long bytes() {
        return bytes;
    }

    boolean hasDropped(long map) {
        return !dropped.isEmpty() && dropped.contains(map);
    }

    /** The rows of a map that this layer has; null if none. */
    @Nullable
    NavigableMap<byte[], byte[]> rows(long map) {
        return maps.get(map);
    }

    /** @param value what the key has now, or {@link #REMOVED} */
    void put(long map, byte[] key, byte[] value) {
        TreeMap<byte[], byte[]> rows = maps.get(map);
        if (rows == null) {
            rows = new TreeMap<>(Arrays::compareUnsigned);
            maps.put(map, rows);
        }
        byte[] before = rows.put(key, value);
        bytes += before == null ? ROW_BYTES + key.length + value.length : value.length - before.length;
    }

    void drop(long map) {
        TreeMap<byte[], byte[]> rows = maps.remove(map);
        if (rows != null) {
            for (Map.Entry<byte[], byte[]> row : rows.entrySet()) {
                bytes -= ROW_BYTES + row.getKey().length + row.getValue().length;
            }
        }
        dropped.add(map);
    }

    /** Adds the changes of a newer layer. */
    void add(Layer newer) {
        newer.dropped.forEach(this::drop);
        newer.maps.forEach((map, rows) -> rows.forEach((key, value) -> put(map, key, value)));
    }
}
