/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** A walk over rows that are kept on the heap. */
final class LayerScan implements ByteScan {
    private final Iterator<Map.Entry<byte[], byte[]>> rows;
    private Map.@Nullable Entry<byte[], byte[]> present;

    private LayerScan(Iterator<Map.Entry<byte[], byte[]>> rows) {
        this.rows = rows;
    }

    /** @param rows null if there are none */
    static ByteScan of(@Nullable NavigableMap<byte[], byte[]> rows, byte[] from) {
        return rows == null
                ? EMPTY
                : new LayerScan(rows.tailMap(from, true).entrySet().iterator());
    }

    @Override
    public boolean next() {
        present = rows.hasNext() ? rows.next() : null;
        return present != null;
    }

    @Override
    public byte[] key() {
        return present().getKey();
    }

    @Override
    public byte[] value() {
        return present().getValue();
    }

    private Map.Entry<byte[], byte[]> present() {
        Map.Entry<byte[], byte[]> row = present;
        if (row == null) {
            throw new IllegalStateException("the walk stands on no entry");
        }
        return row;
    }

    @Override
    public void close() {}
}
