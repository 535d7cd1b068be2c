/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started so far, to be ended in reverse order. Used by one thread at a time. */
final class Started {
    private static final Logger LOG = LoggerFactory.getLogger(Started.class);

    /** Ends one thing; may block. */
    @FunctionalInterface
    interface Ending<T> {
        void end(T what) throws Exception;
    }

    private record Part(String name, Runnable ending) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    /** Remembers to end {@code what}, which runs already; returns it. */
    <T> T add(String name, T what, Ending<T> ending) {
        parts.push(new Part(name, () -> {
            try {
                ending.end(what);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // What was acknowledged is durable: nothing is lost by an end that is not clean.
                LOG.warn("{} did not end cleanly: {}", name, e.toString());
                LOG.debug("{} did not end cleanly", name, e);
            }
        }));
        return what;
    }

    /** Ends everything, the newest first; whatever fails does not keep the rest from being ended. */
    void end() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            long start = System.nanoTime();
            part.ending.run();
            LOG.debug("ended {} in {} ms", part.name, (System.nanoTime() - start) / 1_000_000);
        }
    }
}
