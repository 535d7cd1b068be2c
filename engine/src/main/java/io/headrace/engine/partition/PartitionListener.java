/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

/** Who looks after a partition: told once each, on its loop. */
public interface PartitionListener {

    /** Recovery is done; commands are accepted. */
    void serving();

    /**
     * The partition is gone with everything that was not durable. Unless {@code cause} is {@link
     * io.headrace.engine.log.LogException.Kind#FENCED}, a new one may be started in its place.
     */
    void lost(Throwable cause);
}
