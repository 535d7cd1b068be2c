/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state in plain heap memory. It is part of its partition's snapshot, in this durable format; {@code var} is a
 * {@link Varint}:
 *
 * <pre>
 * state   var number of maps that are not empty | maps in ascending order of their numbers
 * map     var number - number before | var entry count | entries in ascending order of keys
 * entry   var key length | key | var value length | value
 * </pre>
 */
public final class HeapState implements KeyedState {
    private final TreeMap<Long, HeapMap> maps = new TreeMap<>();

    @Override
    public ByteMap map(long number) {
        return maps.computeIfAbsent(number, n -> new HeapMap());
    }

    @Override
    public void drop(long number) {
        maps.remove(number);
    }

    /** Writes all maps. */
    public void snapshot(ByteBuf out) {
        Varint.write(
                out,
                maps.values().stream().filter(map -> !map.entries.isEmpty()).count());
        long previous = 0;
        for (Map.Entry<Long, HeapMap> numbered : maps.entrySet()) {
            TreeMap<byte[], byte[]> entries = numbered.getValue().entries;
            if (!entries.isEmpty()) {
                Varint.write(out, numbered.getKey() - previous);
                previous = numbered.getKey();
                Varint.write(out, entries.size());
                entries.forEach((key, value) -> {
                    writeBytes(out, key);
                    writeBytes(out, value);
                });
            }
        }
    }

    /** Reads what {@link #snapshot} wrote, into an empty state. */
    public void restore(ByteBuf in) {
        long number = 0;
        for (long left = Varint.read(in); left > 0; left--) {
            number += Varint.read(in);
            ByteMap map = map(number);
            for (long entries = Varint.read(in); entries > 0; entries--) {
                byte[] key = readBytes(in);
                map.put(key, readBytes(in));
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

    private static final class HeapMap implements ByteMap {
        final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);

        @Override
        public byte @Nullable [] get(byte[] key) {
            return entries.get(key);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            entries.put(key, value);
        }

        @Override
        public void remove(byte[] key) {
            entries.remove(key);
        }

        @Override
        public ByteScan scan(byte[] from) {
            return new HeapScan(entries.tailMap(from, true).entrySet().iterator());
        }
    }

    private static final class HeapScan implements ByteScan {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private Map.@Nullable Entry<byte[], byte[]> present;

        HeapScan(Iterator<Map.Entry<byte[], byte[]>> entries) {
            this.entries = entries;
        }

        @Override
        public boolean next() {
            present = entries.hasNext() ? entries.next() : null;
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
            Map.Entry<byte[], byte[]> entry = present;
            if (entry == null) {
                throw new IllegalStateException("the walk stands on no entry");
            }
            return entry;
        }

        @Override
        public void close() {}
    }
}
