/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.state.ByteMap;
import io.headrace.engine.state.LayeredState;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of one segment. A few are a part of the segment: all of them are in a table in memory. More than {@link
 * #MAX_INLINE} become rows of their own for good, and the table has those that were used of late.
 *
 * <p>An append must find the number of its writer without waiting, or it could be overtaken by the next one. So the table
 * keeps what belongs to writers that are bound to a connection: of those it has all that there is.
 */
final class Attributes {
    /** Attributes that a segment has without rows of their own. */
    static final int MAX_INLINE = 32;

    /** Attributes in memory, beside those of writers that are bound, when there are rows. */
    static final int MAX_KEPT = 1024;

    private final Segment segment;
    private @Nullable AttributeTable table;
    private @Nullable ByteMap rows;

    Attributes(Segment segment) {
        this.segment = segment;
    }

    /** Number of the map that has the attributes of a segment. */
    static long mapOf(long segment) {
        return Long.MIN_VALUE | segment;
    }

    boolean areRows() {
        return rows != null;
    }

    /** How many are in memory, which is all of them unless they are rows. */
    int inMemory() {
        return table == null ? 0 : table.count();
    }

    /** Visits those in memory, in ascending order of ids. */
    void forEach(AttributeTable.Visitor visitor) {
        if (table != null) {
            table.forEach(visitor);
        }
    }

    /** The value of one that is in memory or absent; {@link SegmentCommand#NO_VALUE} if there is none. */
    long inMemory(long idHigh, long idLow) {
        return table == null ? SegmentCommand.NO_VALUE : table.get(idHigh, idLow);
    }

    /**
     * The value, or {@link SegmentCommand#NO_VALUE}.
     *
     * @throws io.headrace.engine.state.NotInMemory if that cannot be told without waiting
     */
    long get(long idHigh, long idLow) {
        long value = inMemory(idHigh, idLow);
        ByteMap stored = rows;
        if (value == SegmentCommand.NO_VALUE && stored != null) {
            byte[] row = stored.get(key(idHigh, idLow));
            if (row != null) {
                value = ByteBuffer.wrap(row).getLong();
                keep(idHigh, idLow, value);
            }
        }
        return value;
    }

    /** Sets a value; {@link SegmentCommand#NO_VALUE} removes the attribute. Reads no rows. */
    void put(long idHigh, long idLow, long value, LayeredState state) {
        ByteMap stored = rows;
        if (stored == null) {
            keep(idHigh, idLow, value);
            if (inMemory() > MAX_INLINE) {
                ByteMap begun = becomeRows(state);
                forEach((high, low, each) -> store(high, low, each, begun));
            }
        } else {
            store(idHigh, idLow, value, stored);
            keep(idHigh, idLow, value);
        }
    }

    private static void store(long idHigh, long idLow, long value, ByteMap stored) {
        if (value == SegmentCommand.NO_VALUE) {
            stored.remove(key(idHigh, idLow));
        } else {
            stored.put(
                    key(idHigh, idLow),
                    ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        }
    }

    /** Says that the attributes are rows. */
    ByteMap becomeRows(LayeredState state) {
        ByteMap map = state.map(mapOf(segment.id));
        rows = map;
        return map;
    }

    /** The segment ends: its rows go. */
    void drop(LayeredState state) {
        if (rows != null) {
            state.drop(mapOf(segment.id));
        }
    }

    private void keep(long idHigh, long idLow, long value) {
        AttributeTable all = table;
        if (all == null) {
            if (value == SegmentCommand.NO_VALUE) {
                return;
            }
            all = new AttributeTable();
            table = all;
        }
        all.put(idHigh, idLow, value);
        if (rows != null && all.count() > MAX_KEPT + 2 * boundWriters()) {
            AttributeTable some = new AttributeTable();
            all.forEach((high, low, each) -> {
                if (isBound(high, low) || (high == idHigh && low == idLow)) {
                    some.put(high, low, each);
                }
            });
            table = some;
        }
    }

    private int boundWriters() {
        Attached attached = segment.attached;
        return attached == null ? 0 : attached.writers.size();
    }

    private boolean isBound(long idHigh, long idLow) {
        Attached attached = segment.attached;
        return attached != null && attached.writers.containsKey(new UUID(idHigh, idLow));
    }

    private static byte[] key(long idHigh, long idLow) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(idHigh)
                .putLong(idLow)
                .array();
    }
}
