/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.state;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * An ordered map of byte strings to byte strings; keys compare byte by byte as unsigned numbers, and a shorter key comes
 * before a longer one that it begins. Arrays that are put in or given out belong to the map: nobody writes to them.
 */
public interface ByteMap {

    /**
     * What a key has; null if it is absent.
     *
     * @throws NotInMemory if that cannot be told without waiting; likewise the other reads
     */
    byte @Nullable [] get(byte[] key);

    /** The first {@code length} bytes of a value, or more of it; for who does not need the rest. */
    byte @Nullable [] head(byte[] key, int length);

    /**
     * Makes sure that {@link #head} of that length can be asked for each of these keys without waiting.
     *
     * @throws NotInMemory with all that are missing, so that they are fetched together
     */
    void need(Collection<byte[]> keys, int length);

    /** Sets a value, whatever was there. */
    void put(byte[] key, byte[] value);

    /** Makes a key absent, whether it was there or not. */
    void remove(byte[] key);

    /**
     * Walks up from the first key that is not below {@code from}. The map must not change before the walk ends; each step
     * may miss a row.
     */
    ByteScan scan(byte[] from);
}
