/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends what takes too long. A port of its own so that a test decides when a deadline passes. */
interface Timer {

    /** Runs a task later, unless it is cancelled before. */
    Future<?> schedule(Runnable task, long millis);

    /** No task runs any more. */
    void close();

    /** A timer with a thread of its own. */
    static Timer real() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, Operations.threads("tiering-timer"));
        executor.setRemoveOnCancelPolicy(true);
        return new Timer() {
            @Override
            public Future<?> schedule(Runnable task, long millis) {
                return executor.schedule(task, millis, TimeUnit.MILLISECONDS);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
