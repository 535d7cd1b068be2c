/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The key of an entry, as bytes. Both parts have the lengths that the table's configuration says.
 *
 * @param primary what says where the entry is; entries with the same are together, and can be changed together
 * @param secondary tells apart the entries of a primary key; no bytes if the table has no secondary keys
 */
public record TableKey(ByteBuffer primary, ByteBuffer secondary) {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0).asReadOnlyBuffer();

    public TableKey {
        primary = primary.asReadOnlyBuffer();
        secondary = secondary.asReadOnlyBuffer();
    }

    /** A key without a secondary part. */
    public static TableKey of(byte[] primary) {
        return new TableKey(ByteBuffer.wrap(primary), NONE);
    }

    public static TableKey of(byte[] primary, byte[] secondary) {
        return new TableKey(ByteBuffer.wrap(primary), ByteBuffer.wrap(secondary));
    }

    /** The two texts as UTF-8. */
    public static TableKey of(String primary, String secondary) {
        return of(primary.getBytes(StandardCharsets.UTF_8), secondary.getBytes(StandardCharsets.UTF_8));
    }

    /** The text as UTF-8, without a secondary part. */
    public static TableKey of(String primary) {
        return of(primary.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public ByteBuffer primary() {
        return primary.duplicate();
    }

    @Override
    public ByteBuffer secondary() {
        return secondary.duplicate();
    }
}
