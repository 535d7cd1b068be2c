/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.nio.ByteBuffer;

/**
 * Some of the keys of a table, between two bounds that both belong to it. Keys are compared as unsigned bytes; a bound may
 * be shorter than the keys, then it stands for all that begin with it.
 */
public sealed interface TableRange {

    /** All keys. */
    static TableRange all() {
        return between(new byte[0], new byte[0]);
    }

    /** Keys whose primary part lies between two bounds. */
    static TableRange between(byte[] fromPrimary, byte[] toPrimary) {
        return new Primaries(read(fromPrimary), read(toPrimary));
    }

    /** Keys whose primary part begins with these bytes. */
    static TableRange prefix(byte[] primary) {
        return between(primary, primary);
    }

    /** All keys with one primary part. */
    static TableRange of(byte[] primary) {
        return of(primary, new byte[0], new byte[0]);
    }

    /** Keys with one primary part whose secondary part lies between two bounds. */
    static TableRange of(byte[] primary, byte[] fromSecondary, byte[] toSecondary) {
        return new Secondaries(read(primary), read(fromSecondary), read(toSecondary));
    }

    private static ByteBuffer read(byte[] bytes) {
        return ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer();
    }

    /** See {@link #between}. */
    record Primaries(ByteBuffer from, ByteBuffer to) implements TableRange {}

    /** See {@link #of(byte[], byte[], byte[])}. */
    record Secondaries(ByteBuffer primary, ByteBuffer from, ByteBuffer to) implements TableRange {}
}
