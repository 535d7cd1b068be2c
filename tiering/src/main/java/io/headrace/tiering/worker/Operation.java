/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.Callback;
import io.headrace.tiering.CallbackExecutor;
import io.headrace.tiering.StorageException;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a storage, from the queue to its answer.
 *
 * <p>Answer and end are two things: when the deadline passes the caller is answered, but the worker may be stuck in a
 * system call, and until it comes back the operation keeps its worker, its bytes and its place in the bounds.
 */
final class Operation<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    /** What a worker does. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** What the operation needs and does. */
    private final String what;

    private final Load load;
    private final CallbackExecutor executor;
    private final Callback<T> callback;
    private final Work<T> work;
    private final Consumer<? super T> discard;
    private final Runnable release;

    /** Where it is. Guarded by this. */
    private boolean answered;

    private @Nullable Thread worker;

    /** Set before any worker sees the operation. */
    private @Nullable Future<?> expiry;

    /**
     * @param what names the operation in messages: "reading chunk a/b"
     * @param discard takes a result that came after the deadline
     * @param release called once, when the operation has ended: gives back what was passed in with it
     */
    Operation(
            String what,
            Load load,
            CallbackExecutor executor,
            Callback<T> callback,
            Work<T> work,
            Consumer<? super T> discard,
            Runnable release) {
        this.what = what;
        this.load = load;
        this.executor = executor;
        this.callback = callback;
        this.work = work;
        this.discard = discard;
        this.release = release;
    }

    String what() {
        return what;
    }

    Load load() {
        return load;
    }

    /** @param expiry what ends the operation if it takes too long */
    void expiresBy(Future<?> expiry) {
        this.expiry = expiry;
    }

    /** On a worker: does the work, unless it is too late. */
    void run() {
        synchronized (this) {
            if (answered) {
                return;
            }
            worker = Thread.currentThread();
        }
        try {
            T value = work.run();
            leaveWorker();
            succeed(value);
        } catch (StorageException e) {
            leaveWorker();
            fail(e);
        } catch (Throwable e) {
            // Whatever it is, an exhausted memory included: somebody waits for the answer.
            leaveWorker();
            LOG.warn("{} failed in an unexpected way", what, e);
            fail(new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    what + " failed in an unexpected way (" + e + "); see the log, and try again",
                    e));
        }
    }

    /** After this no interrupt can come for this operation. */
    private synchronized void leaveWorker() {
        worker = null;
        // An interrupt that came too late must not hit the next operation.
        var unused = Thread.interrupted();
    }

    private void succeed(T value) {
        if (!answer()) {
            discard.accept(value);
            return;
        }
        deliver(() -> callback.done(value), () -> discard.accept(value));
    }

    /** Answers with a failure, if nobody has answered yet. */
    boolean fail(StorageException failure) {
        boolean first = answer();
        if (first) {
            deliver(() -> callback.failed(failure), () -> {});
        }
        return first;
    }

    /** Answers with a failure and tells a worker to stop. */
    boolean abandon(StorageException failure) {
        boolean first = fail(failure);
        synchronized (this) {
            if (first && worker != null) {
                worker.interrupt();
            }
        }
        return first;
    }

    /** The operation is over: nobody touches what was passed in with it any more. */
    void end() {
        if (expiry != null) {
            expiry.cancel(false);
        }
        release.run();
    }

    private synchronized boolean answer() {
        boolean first = !answered;
        answered = true;
        return first;
    }

    private void deliver(Runnable answer, Runnable undeliverable) {
        try {
            executor.execute(answer);
        } catch (RejectedExecutionException e) {
            LOG.debug("Nobody is there any more for the answer to {}", what, e);
            undeliverable.run();
        }
    }
}
