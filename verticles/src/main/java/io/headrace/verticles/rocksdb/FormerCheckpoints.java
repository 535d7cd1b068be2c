/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;

/** Checkpoints without rows, in a place where an older program has put them: to be read and, one day, deleted. */
public interface FormerCheckpoints {

    /** Whether this is the place that a checkpoint's location names. */
    boolean hasPlaceFor(Checkpoint checkpoint);

    /** Reads a snapshot back; the receiver releases it. Damaged or missing bytes fail, they never read as empty. */
    void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded);

    /** Deletes a snapshot that no descriptor names any more. A failure is logged. */
    void delete(Checkpoint checkpoint);
}
