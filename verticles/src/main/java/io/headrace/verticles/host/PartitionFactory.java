/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.host;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;

/** Makes partitions, each with a fresh state machine; the host starts them. */
@FunctionalInterface
public interface PartitionFactory<C, R> {

    /** Called on {@code loop}, once for each attempt to open the partition. */
    Partition<C, R> create(String name, Loop loop, PartitionListener listener);
}
