/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

/** Runs callbacks: the event loop of whoever asks. It must run tasks one after the other, in the order they were given. */
@FunctionalInterface
public interface CallbackExecutor {

    void execute(Runnable task);
}
