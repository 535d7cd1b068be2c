/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import io.headrace.engine.partition.Loop;

/** Keeps the checkpoints of all partitions, outside their logs. */
public interface CheckpointStore {

    /**
     * Opens the checkpoints of a partition for one owner. Nothing is read yet, and nothing of a former owner is touched.
     *
     * @param epoch the owner's, from its log: what two owners store never gets into each other's way
     * @param withRows whether the state has rows; if not, {@link PartitionCheckpoints#base} is empty and stays so
     * @param loop where callbacks run
     */
    PartitionCheckpoints open(String partition, long epoch, boolean withRows, Loop loop);
}
