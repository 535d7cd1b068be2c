/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.StorageException;
import io.headrace.tiering.StorageOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the operations of one storage, first come first served, as long as there is a worker and room for their bytes. The
 * rest waits, up to a bound. Thread-safe, never blocks but in {@link #close}.
 */
final class Operations implements AutoCloseable {
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 2;

    private final String storage;
    private final StorageOptions options;
    private final ThreadPoolExecutor workers;
    private final Timer timer;

    /** Guarded by this. */
    private final ArrayDeque<Operation<?>> waiting = new ArrayDeque<>();

    private final Set<Operation<?>> running = new HashSet<>();
    private long bytesWaiting;
    private long bytesInFlight;
    private boolean closed;

    /** @param storage names the storage in messages */
    Operations(String storage, StorageOptions options, Timer timer) {
        this.storage = storage;
        this.options = options;
        // No more operations are handed over than there are workers, so nothing waits in this queue for long.
        this.workers = new ThreadPoolExecutor(
                options.workers(),
                options.workers(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("tiering-worker"));
        workers.allowCoreThreadTimeOut(true);
        this.timer = timer;
    }

    /** Runs an operation when there is room, or answers it with a failure. */
    void submit(Operation<?> operation) {
        StorageException refused = admit(operation);
        if (refused == null) {
            startWhatFits();
            return;
        }
        operation.end();
        operation.fail(refused);
    }

    /** Runs something short on a worker, outside the bounds. Rejected once this is closed. */
    void execute(Runnable task) {
        workers.execute(task);
    }

    private synchronized @Nullable StorageException admit(Operation<?> operation) {
        if (closed) {
            return unavailable(operation.what() + " was not tried: the storage is closed; open it again");
        }
        if (operation.load().held() > options.maxBytesInFlight()) {
            return new StorageException(
                    StorageException.Kind.BAD_REQUEST,
                    operation.what() + " takes " + operation.load().held() + " bytes at once, of which "
                            + options.maxBytesInFlight() + " are allowed in flight; do it in smaller parts");
        }
        if (waiting.size() >= options.maxWaiting()
                || bytesWaiting + operation.load().held() > options.maxBytesInFlight()) {
            return unavailable(operation.what() + " was not tried: " + waiting.size() + " operations with "
                    + bytesWaiting + " bytes wait already; slow down, and try again");
        }
        long millis = options.deadlineMillis(operation.load().moved());
        operation.expiresBy(timer.schedule(() -> expire(operation, millis), millis));
        waiting.add(operation);
        bytesWaiting += operation.load().held();
        return null;
    }

    private void startWhatFits() {
        List<Operation<?>> started = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && fits(waiting.element())) {
                Operation<?> next = waiting.remove();
                bytesWaiting -= next.load().held();
                running.add(next);
                bytesInFlight += next.load().held();
                started.add(next);
            }
        }
        for (Operation<?> operation : started) {
            workers.execute(() -> run(operation));
        }
    }

    private boolean fits(Operation<?> operation) {
        return !closed
                && running.size() < options.workers()
                && bytesInFlight + operation.load().held() <= options.maxBytesInFlight();
    }

    private void run(Operation<?> operation) {
        try {
            operation.run();
        } finally {
            operation.end();
            synchronized (this) {
                running.remove(operation);
                bytesInFlight -= operation.load().held();
            }
            startWhatFits();
        }
    }

    private void expire(Operation<?> operation, long millis) {
        boolean waited;
        synchronized (this) {
            waited = waiting.remove(operation);
            bytesWaiting -= waited ? operation.load().held() : 0;
        }
        StorageException late = unavailable(operation.what() + " was not answered within " + millis + " ms"
                + (waited ? " and was not tried: the operations before it hang" : "; its outcome is unknown")
                + ". Check that " + storage + " can be reached, and try again");
        if (waited) {
            operation.end();
        }
        operation.abandon(late);
        startWhatFits();
    }

    /** Fails what waits and what runs; gives workers a moment to come back. */
    @Override
    public void close() {
        List<Operation<?>> dropped;
        List<Operation<?>> interrupted;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            dropped = new ArrayList<>(waiting);
            waiting.clear();
            interrupted = new ArrayList<>(running);
        }
        for (Operation<?> operation : dropped) {
            operation.end();
            operation.fail(unavailable(operation.what() + " was not tried: the storage was closed"));
        }
        for (Operation<?> operation : interrupted) {
            operation.abandon(
                    unavailable(operation.what() + " was interrupted: the storage was closed; its outcome is unknown"));
        }
        timer.close();
        workers.shutdown();
        try {
            workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static StorageException unavailable(String message) {
        return new StorageException(StorageException.Kind.UNAVAILABLE, message);
    }

    static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
