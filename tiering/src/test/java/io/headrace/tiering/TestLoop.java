/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread that plays the event loop of whoever asks. */
public final class TestLoop implements CallbackExecutor, AutoCloseable {
    private final ThreadLocal<Boolean> mine = ThreadLocal.withInitial(() -> false);
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(
                () -> {
                    mine.set(true);
                    task.run();
                },
                "test-loop");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    boolean inLoop() {
        return mine.get();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
