/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.log;

import io.headrace.engine.partition.Loop;

/** All partition logs of a cluster. */
public interface LogStore {

    /**
     * Takes over the log of a partition, creating it if there is none: raises its epoch by compare-and-set, fences the
     * former owner and establishes which frames survive. After {@code opened} is called no former owner can have another
     * frame acknowledged.
     *
     * @param partition name of the partition: letters, digits and {@code -}
     * @param loop where callbacks of this log run
     * @param opened fails with {@link LogException}; opening may then be tried again
     */
    void open(String partition, Loop loop, Callback<PartitionLog> opened);
}
