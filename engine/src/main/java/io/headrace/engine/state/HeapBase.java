/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A base in plain heap memory, where nothing is ever missing. All of it can be written down in this durable format, which
 * snapshots of segments once held; {@code var} is a {@link Varint}:
 *
 * <pre>
 * rows   var number of maps that are not empty | maps in ascending order of their numbers
 * map    var number - number before | var row count | rows in ascending order of keys
 * row    var key length | key | var value length | value
 * </pre>
 */
public final class HeapBase implements StateBase {
    private final TreeMap<Long, TreeMap<byte[], byte[]>> maps = new TreeMap<>();

    @Override
    public byte @Nullable [] head(long map, byte[] key, int length) {
        TreeMap<byte[], byte[]> rows = maps.get(map);
        return rows == null ? null : rows.get(key);
    }

    @Override
    public ByteScan scan(long map, byte[] from) {
        return LayerScan.of(maps.get(map), from);
    }

    @Override
    public void load(List<Request> requests, Callback<Done> loaded) {
        throw new IllegalStateException("nothing is missing of a base in memory");
    }

    /** Makes the changes of a layer. */
    public void write(Layer layer) {
        layer.dropped().forEach(maps::remove);
        layer.forEach(this::put);
        maps.values().removeIf(TreeMap::isEmpty);
    }

    /** Sets or removes one row. */
    public void put(long map, byte[] key, byte @Nullable [] value) {
        TreeMap<byte[], byte[]> rows = maps.computeIfAbsent(map, number -> new TreeMap<>(Arrays::compareUnsigned));
        if (value == null) {
            rows.remove(key);
        } else {
            rows.put(key, value);
        }
    }

    /** Writes all rows down. */
    public void image(ByteBuf out) {
        Varint.write(out, maps.values().stream().filter(rows -> !rows.isEmpty()).count());
        long previous = 0;
        for (Map.Entry<Long, TreeMap<byte[], byte[]>> numbered : maps.entrySet()) {
            TreeMap<byte[], byte[]> rows = numbered.getValue();
            if (!rows.isEmpty()) {
                Varint.write(out, numbered.getKey() - previous);
                previous = numbered.getKey();
                Varint.write(out, rows.size());
                rows.forEach((key, value) -> {
                    writeBytes(out, key);
                    writeBytes(out, value);
                });
            }
        }
    }

    /** Hears of all rows that {@link #image} wrote down. */
    public static void read(ByteBuf in, Layer.Visitor visitor) {
        long number = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            number += Varint.read(in);
            for (long rows = Varint.read(in); rows > 0; rows--) {
                byte[] key = readBytes(in);
                visitor.row(number, key, readBytes(in));
            }
        }
    }

    private static void writeBytes(ByteBuf out, byte[] bytes) {
        Varint.write(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static byte[] readBytes(ByteBuf in) {
        long length = Varint.read(in);
        if (length < 0 || length > in.readableBytes()) {
            throw new IndexOutOfBoundsException(length + " bytes where " + in.readableBytes() + " are left");
        }
        byte[] bytes = new byte[(int) length];
        in.readBytes(bytes);
        return bytes;
    }
}
