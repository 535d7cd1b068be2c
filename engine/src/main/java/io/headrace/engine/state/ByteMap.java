/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import org.jspecify.annotations.Nullable;

/**
 * An ordered map of byte strings to byte strings; keys compare byte by byte as unsigned numbers, and a shorter key comes
 * before a longer one that it begins. Arrays that are put in or given out belong to the map: nobody writes to them.
 */
public interface ByteMap {

    byte @Nullable [] get(byte[] key);

    /** Sets a value, whatever was there. */
    void put(byte[] key, byte[] value);

    /** Makes a key absent, whether it was there or not. */
    void remove(byte[] key);

    /** Walks up from the first key that is not below {@code from}. The map must not change before the walk ends. */
    ByteScan scan(byte[] from);
}
