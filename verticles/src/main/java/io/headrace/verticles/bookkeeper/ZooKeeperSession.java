/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.io.IOException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZooKeeper client that outlives its sessions: when one expires, a new client takes its place. Ephemeral nodes and
 * watches of the old session are gone then; callers that use them must look at {@link #client} again. Thread-safe.
 */
public final class ZooKeeperSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSession.class);

    private final String servers;
    private final int sessionMillis;
    private volatile ZooKeeper client;
    private volatile boolean closed;

    /** Starts connecting and returns at once. */
    public ZooKeeperSession(String servers, int sessionMillis) throws IOException {
        this.servers = servers;
        this.sessionMillis = sessionMillis;
        client = newClient();
    }

    /** The client of the present session. Calls on it fail with connection loss while there is no connection. */
    public ZooKeeper client() {
        return client;
    }

    @Override
    public void close() {
        closed = true;
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ZooKeeper newClient() throws IOException {
        return new ZooKeeper(servers, sessionMillis, this::watch);
    }

    private void watch(WatchedEvent event) {
        if (event.getState() == Watcher.Event.KeeperState.Expired) {
            replace();
        }
    }

    private void replace() {
        if (closed) {
            return;
        }
        try {
            LOG.warn("The ZooKeeper session expired; opening a new one to {}", servers);
            // The expired client ends by itself, and first answers what it had been asked: not closed, not waited for.
            client = newClient();
            if (closed) {
                close();
            }
        } catch (IOException e) {
            LOG.error("Cannot open a new ZooKeeper session to {}", servers, e);
        }
    }
}
