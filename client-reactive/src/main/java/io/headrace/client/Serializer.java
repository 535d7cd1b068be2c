/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.nio.ByteBuffer;

/**
 * Turns events into bytes and back. May be called by several threads at once. Events are stored as these bytes and
 * nothing else, so that every client with the same serializer can read them.
 */
public interface Serializer<T> {

    /** The bytes of an event, which must not change afterwards; possibly none. */
    byte[] serialize(T event);

    /**
     * The event of some bytes.
     *
     * @param bytes all of the event's; they may be kept, and must not be changed
     */
    T deserialize(ByteBuffer bytes);
}
