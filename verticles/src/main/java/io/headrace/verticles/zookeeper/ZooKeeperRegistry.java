/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.NodeReport;
import io.headrace.verticles.cluster.Registry;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Registry} in ZooKeeper: nodes and owners are ephemeral nodes. All state belongs to one thread of its own, to which
 * callbacks of the ZooKeeper client hop.
 *
 * <p>A client that has lost its connection learns that its session has expired only when it is connected again. This one does
 * not wait for that: after the time of a session without a connection it takes the session for lost. Else readers would wait
 * for ever at an owner that others have replaced.
 */
public final class ZooKeeperRegistry implements Registry, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperRegistry.class);
    private static final long RETRY_MILLIS = 200;

    private final String servers;
    private final int sessionMillis;
    private final SessionFile file;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        Thread made = new Thread(task, "cluster");
        made.setDaemon(true);
        return made;
    });
    private final CompletableFuture<Void> announced = new CompletableFuture<>();

    private @Nullable Listener listener;
    private @Nullable NodeInfo me;
    private @Nullable RegistrySession session;
    private long sessions;
    private boolean closed;

    private ZooKeeperRegistry(String servers, int sessionMillis, SessionFile file) {
        this.servers = servers;
        this.sessionMillis = sessionMillis;
        this.file = file;
        // What is to be looked at later does not keep the end waiting.
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Begins to connect. Blocks for as long as it takes to end the session of this node's former run, if that was killed.
     *
     * @param servers of the ZooKeeper ensemble, as {@code host:port,host:port}
     * @param sessionMillis how long a node may be silent before its partitions go to others
     * @param file remembers the session, so that the next run can end it
     */
    public static ZooKeeperRegistry start(String servers, int sessionMillis, SessionFile file)
            throws InterruptedException {
        file.endFormer(servers, sessionMillis);
        ZooKeeperRegistry registry = new ZooKeeperRegistry(servers, sessionMillis, file);
        registry.execute(registry::begin);
        return registry;
    }

    /** Done when this node has been announced for the first time: not while another one of its name lives. */
    public CompletionStage<Void> announced() {
        return announced;
    }

    @Override
    public void listen(Listener newListener) {
        execute(() -> {
            listener = newListener;
            inSession(RegistrySession::publish);
        });
    }

    @Override
    public void announce(NodeInfo node) {
        execute(() -> {
            me = node;
            inSession(RegistrySession::announce);
        });
    }

    @Override
    public void claim(long number, String partition, Claimed claimed) {
        Runnable refused = () -> claimed.done(false);
        if (!execute(() -> in(number, current -> current.claim(partition, claimed), refused))) {
            refused.run();
        }
    }

    @Override
    public void release(long number, String partition, Runnable released) {
        if (!execute(() -> in(number, current -> current.release(partition, released), released))) {
            released.run();
        }
    }

    /**
     * Writes down what this node has noticed, while it lives; a report may be lost.
     *
     * @param written told, on any thread, when that was by ZooKeeper's clock, in milliseconds since 1970
     */
    public void report(NodeReport report, LongConsumer written) {
        execute(() -> inSession(current -> current.report(report, written)));
    }

    /** Ends the session, and with it all that this node has. */
    @Override
    public void close() {
        execute(() -> {
            closed = true;
            inSession(RegistrySession::end);
            thread.shutdown();
        });
        try {
            if (!thread.awaitTermination(sessionMillis, TimeUnit.MILLISECONDS)) {
                LOG.debug("the session was left to expire");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void inSession(Consumer<RegistrySession> action) {
        in(sessions, action, () -> {});
    }

    /** Acts in a session, unless it has ended. */
    private void in(long number, Consumer<RegistrySession> action, Runnable otherwise) {
        RegistrySession current = session;
        if (current == null || number != sessions) {
            otherwise.run();
        } else {
            action.accept(current);
        }
    }

    private void begin() {
        if (closed) {
            return;
        }
        try {
            session = new RegistrySession(this, ++sessions, servers, sessionMillis);
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("cannot connect to ZooKeeper at {}: {}", servers, e.getMessage());
            later(RETRY_MILLIS, this::begin);
        }
    }

    // ---------------------------------------------------------------------- of a session, on the registry's thread

    /** Runs a task on the registry's thread; false if that has ended. */
    boolean execute(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("unexpected failure", e);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false; // closed
        }
    }

    void later(long millis, Runnable task) {
        try {
            var unused = thread.schedule(() -> execute(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed", e);
        }
    }

    @Nullable
    NodeInfo me() {
        return me;
    }

    /** Somebody has changed what is said of this node, its weight perhaps: that holds in the next session, too. */
    void seen(NodeInfo node) {
        me = node;
    }

    void announcedBy(RegistrySession by) {
        if (by == session) {
            announced.complete(null);
        }
    }

    void connected(RegistrySession by, long id, byte[] password) {
        if (by == session) {
            file.write(id, password);
        }
    }

    void changed(RegistrySession by, ClusterView view) {
        Listener told = listener;
        if (by == session && told != null) {
            told.changed(view);
        }
    }

    void lost(RegistrySession by) {
        if (by == session && !closed) {
            Listener told = listener;
            if (told != null) {
                told.sessionLost();
            }
            begin();
        }
    }
}
