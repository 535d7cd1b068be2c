/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that serves, from its start to its end.
 *
 * @param <A> says where it is found
 */
final class Server<A> {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** For the end as a whole, whatever its parts take. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(9);

    static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Puts a server together. */
    @FunctionalInterface
    interface Composition<A> {
        /** Starts everything, each part remembered to be ended; returns when it serves. */
        A compose(Started started) throws IOException, InterruptedException;
    }

    private final Started started;
    private final A addresses;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Server(Started started, A addresses) {
        this.started = started;
        this.addresses = addresses;
    }

    /**
     * Starts a server; returns when it serves.
     *
     * @throws StartException if it cannot; nothing is left running
     */
    static <A> Server<A> start(Composition<A> composition) {
        Started started = new Started();
        try {
            return new Server<>(started, composition.compose(started));
        } catch (InterruptedException e) {
            started.end();
            Thread.currentThread().interrupt();
            throw new StartException("the start was interrupted", e);
        } catch (IOException | RuntimeException e) {
            started.end();
            throw StartException.of(e);
        }
    }

    static VertxOptions vertxOptions() {
        // For files of the class path, of which there are none, it would make a directory that a killed process leaves
        // behind.
        FileSystemOptions files =
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        return new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS).setFileSystemOptions(files);
    }

    /** Where clients find it. */
    A addresses() {
        return addresses;
    }

    /** Waits until {@link #close} has done its work. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Ends the server; returns when everything has ended. If that takes too long, the process ends without. */
    void close() {
        LOG.info("ending");
        Thread limit = new Thread(this::endAnyway, "end-limit");
        limit.setDaemon(true);
        limit.start();
        started.end();
        LOG.info("ended");
        ended.countDown();
    }

    private void endAnyway() {
        try {
            if (!ended.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                FatalErrors.endNow("the end took longer than " + CLOSE_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
