/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;

/**
 * Keeps snapshots of partition state. A stored snapshot means nothing until the log's descriptor names it ({@link
 * PartitionLog#publish}), so a crash between the two leaves the former checkpoint in force.
 */
public interface CheckpointStore {

    /**
     * Stores a snapshot durably.
     *
     * @param frame the last frame that the snapshot contains
     * @param snapshot ownership passes to the store
     */
    void save(String partition, long frame, ByteBuf snapshot, Loop loop, Callback<Checkpoint> saved);

    /** Reads a snapshot back; the receiver releases it. Damaged or missing bytes fail, they never read as empty. */
    void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded);

    /** Deletes a snapshot that no descriptor names any more. A failure is logged by the store and left to its garbage collection. */
    void delete(Checkpoint checkpoint);
}
