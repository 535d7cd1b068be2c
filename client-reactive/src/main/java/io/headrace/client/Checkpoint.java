/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.format.CheckpointFormat;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where all readers of a group were when they passed a checkpoint.
 *
 * @param cuts by {@code scope/stream}
 */
public record Checkpoint(String name, SortedMap<String, StreamCut> cuts) {

    public Checkpoint {
        cuts = Collections.unmodifiableSortedMap(new TreeMap<>(cuts));
    }

    public Checkpoint(String name, Map<String, StreamCut> cuts) {
        this(name, new TreeMap<>(cuts));
    }

    /** The bytes by which other clients know it. */
    public byte[] toBytes() {
        return CheckpointFormat.toBytes(this);
    }

    /**
     * Reads {@link #toBytes}, as any client has written it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Checkpoint fromBytes(byte[] bytes) {
        return CheckpointFormat.fromBytes(bytes);
    }
}
