/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

/** The event loop that owns a partition: tasks run one at a time, in the order in which they were given. */
public interface Loop {

    /** Runs {@code task} on this loop, after the tasks that are queued already. May be called from any thread. */
    void execute(Runnable task);

    /** Whether the caller is on this loop's thread. */
    boolean inLoop();
}
