/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

/** Wall-clock time, read once per turn by the kernel and handed to state machines as a parameter. */
@FunctionalInterface
public interface Clock {

    /** Milliseconds since the Unix epoch. */
    long millis();
}
