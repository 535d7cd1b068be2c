/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.format.PointerFormat;

/**
 * Where an event is stored, for good.
 *
 * @param segment full name of the segment
 * @param offset of its first byte, in bytes
 * @param length its size in the segment, in bytes: eight more than the event has
 */
public record EventPointer(String segment, long offset, int length) {

    /** As other clients write it: {@code segment:offset-length}. */
    @Override
    public String toString() {
        return segment + ':' + offset + '-' + length;
    }

    /**
     * Reads {@link #toString}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static EventPointer parse(String text) {
        return PointerFormat.parse(text);
    }

    /** The bytes by which other clients know it. */
    public byte[] toBytes() {
        return PointerFormat.toBytes(this);
    }

    /**
     * Reads {@link #toBytes}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static EventPointer fromBytes(byte[] bytes) {
        return PointerFormat.fromBytes(bytes);
    }
}
