/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.worker;

import io.headrace.tiering.StorageException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Keeps an {@link OpenChunk} to one worker at a time and closes it once, on a worker: at once if nobody uses it, else
 * when whoever uses it comes back, however late.
 */
final class Handle {
    private final OpenChunk open;
    private final Executor workers;
    private final Set<Handle> all;

    /** Guarded by this. */
    private boolean inUse;

    private boolean retired;

    /** @param all handles of the storage, among them this one until it is closed; thread-safe */
    Handle(OpenChunk open, Executor workers, Set<Handle> all) {
        this.open = open;
        this.workers = workers;
        this.all = all;
        all.add(this);
    }

    /** What a worker does with the chunk. */
    interface Use {
        void with(OpenChunk open) throws IOException;
    }

    /** On a worker. */
    void use(Use use) throws IOException {
        synchronized (this) {
            if (retired) {
                throw new StorageException(
                        StorageException.Kind.BAD_REQUEST, "the writer was closed; write to another chunk");
            }
            inUse = true;
        }
        try {
            use.with(open);
        } finally {
            boolean last;
            synchronized (this) {
                inUse = false;
                last = retired;
            }
            if (last) {
                close();
            }
        }
    }

    /** Lets the chunk be closed. Never blocks. */
    void retire() {
        if (!markRetired()) {
            return;
        }
        try {
            workers.execute(this::close);
        } catch (RejectedExecutionException e) {
            // The storage is being closed, and closes what is left itself.
        }
    }

    /** Closes the chunk on this thread unless a worker is stuck in it. */
    void closeNow() {
        markRetired();
        synchronized (this) {
            if (inUse) {
                return;
            }
        }
        close();
    }

    /** Whether it now has to be closed by the caller. */
    private synchronized boolean markRetired() {
        boolean first = !retired;
        retired = true;
        return first && !inUse;
    }

    private void close() {
        if (all.remove(this)) {
            open.close();
        }
    }
}
