/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.table;

import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKey;
import io.headrace.client.TableName;
import io.headrace.client.TableRange;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.TableCalls;
import io.headrace.client.internal.write.KeySpace;
import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Where the keys of a table are, and how they are stored: the primary part, then the secondary. */
record TableLayout(TableConfiguration settings, KeySpace<Partition> partitions) {

    /** A segment of the table. */
    record Partition(long id, String segment) {}

    /** A part of the keys, between two stored keys that belong to it, and who has some of it. */
    static final class Bounds {
        private final byte[] from;
        private final byte[] to;
        private final List<Partition> partitions;

        Bounds(byte[] from, byte[] to, Collection<Partition> partitions) {
            this.from = from;
            this.to = to;
            this.partitions = List.copyOf(partitions);
        }

        byte[] from() {
            return from.clone();
        }

        byte[] to() {
            return to.clone();
        }

        List<Partition> partitions() {
            return partitions;
        }
    }

    static Future<TableLayout> of(Resources resources, TableName table) {
        TableCalls calls = new TableCalls(resources.controller());
        return calls.configuration(table).compose(settings -> calls.segments(table)
                .map(segments ->
                        new TableLayout(settings, KeySpace.of(segments, segment -> partition(table, segment.id())))));
    }

    private static Partition partition(TableName table, long id) {
        return new Partition(
                id,
                SegmentName.of(table.scope(), Names.tableStream(table.name()), id)
                        .qualified());
    }

    /** Who has the keys with this primary part. */
    Partition partitionOf(byte[] primary) {
        return partitions.at(RoutingKeyHash.tableKeyPosition(primary));
    }

    /** @throws IllegalArgumentException if the parts do not have the table's lengths */
    byte[] stored(TableKey key) {
        byte[] primary = primary(key.primary());
        if (key.secondary().remaining() != settings.secondaryKeyBytes()) {
            throw new IllegalArgumentException("secondary keys have " + settings.secondaryKeyBytes() + " bytes, not "
                    + key.secondary().remaining());
        }
        return joined(primary, bytes(key.secondary()));
    }

    private byte[] primary(ByteBuffer primary) {
        if (primary.remaining() != settings.primaryKeyBytes()) {
            throw new IllegalArgumentException(
                    "primary keys have " + settings.primaryKeyBytes() + " bytes, not " + primary.remaining());
        }
        return bytes(primary);
    }

    /** The two parts of a stored key. */
    TableKey parts(byte[] stored) {
        int primary = settings.primaryKeyBytes();
        return new TableKey(
                ByteBuffer.wrap(stored, 0, primary).slice(),
                ByteBuffer.wrap(stored, primary, stored.length - primary).slice());
    }

    /** @throws IllegalArgumentException if a bound is longer than the keys */
    Bounds bounds(TableRange range) {
        int length = settings.primaryKeyBytes() + settings.secondaryKeyBytes();
        if (range instanceof TableRange.Secondaries one) {
            byte[] primary = primary(one.primary());
            return new Bounds(
                    padded(joined(primary, bytes(one.from())), length, (byte) 0),
                    padded(joined(primary, bytes(one.to())), length, (byte) -1),
                    List.of(partitionOf(primary)));
        }
        TableRange.Primaries all = (TableRange.Primaries) range;
        checkBound(all.from());
        checkBound(all.to());
        return new Bounds(
                padded(bytes(all.from()), length, (byte) 0),
                padded(bytes(all.to()), length, (byte) -1),
                partitions.values());
    }

    private void checkBound(ByteBuffer bound) {
        if (bound.remaining() > settings.primaryKeyBytes()) {
            throw new IllegalArgumentException(
                    "a bound of " + bound.remaining() + " bytes is longer than primary keys");
        }
    }

    private static byte[] padded(byte[] bound, int length, byte with) {
        if (bound.length > length) {
            throw new IllegalArgumentException("a bound of " + bound.length + " bytes is longer than keys");
        }
        byte[] padded = Arrays.copyOf(bound, length);
        Arrays.fill(padded, bound.length, length, with);
        return padded;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
