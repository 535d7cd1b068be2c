/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.SyncRequestProcessor;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/** One ZooKeeper server on 127.0.0.1. Every write is synced to disk before it is acknowledged (ZooKeeper's default). */
final class EmbeddedZooKeeper implements AutoCloseable {
    static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int TICK_MILLIS = 2_000;
    private static final int MAX_CONNECTIONS = 1_000;
    private static final int RETAINED_SNAPSHOTS = 3;
    private static final int PURGE_HOURS = 1;
    /** A new snapshot, and with it a new log file, after about so many transactions. */
    private static final int SNAPSHOT_EVERY = 20_000;

    private static final long LOG_PREALLOCATION_BYTES = 1 << 20;

    private final Server server;
    private final FileTxnSnapLog files;
    private final ServerCnxnFactory connections;
    private final DatadirCleanupManager purge;

    private EmbeddedZooKeeper(
            Server server, FileTxnSnapLog files, ServerCnxnFactory connections, DatadirCleanupManager purge) {
        this.server = server;
        this.files = files;
        this.connections = connections;
        this.purge = purge;
    }

    /**
     * Starts the server; returns when it serves.
     *
     * @param onFailure called, at most once and from any thread, when the server has stopped because of an error
     */
    static EmbeddedZooKeeper start(Path directory, int port, Consumer<String> onFailure)
            throws IOException, InterruptedException {
        SyncRequestProcessor.setSnapCount(SNAPSHOT_EVERY);
        FileTxnLog.setPreallocSize(LOG_PREALLOCATION_BYTES);
        ServerCnxnFactory connections;
        try {
            connections = ServerCnxnFactory.createFactory(
                    new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), MAX_CONNECTIONS);
        } catch (BindException e) {
            throw new EnsembleException(
                    "port " + port + " of 127.0.0.1 is in use: stop the process that holds it or choose another"
                            + " ZooKeeper port",
                    e);
        }
        FileTxnSnapLog files = new FileTxnSnapLog(directory.toFile(), directory.toFile());
        Server server = new Server(files, onFailure);
        try {
            connections.startup(server);
        } catch (IOException | RuntimeException e) {
            connections.shutdown();
            files.close();
            throw e;
        }
        DatadirCleanupManager purge =
                new DatadirCleanupManager(directory.toFile(), directory.toFile(), RETAINED_SNAPSHOTS, PURGE_HOURS);
        purge.start();
        return new EmbeddedZooKeeper(server, files, connections, purge);
    }

    String connectString() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    boolean exists(String path) {
        return server.getZKDatabase().getNode(path) != null;
    }

    @Override
    public void close() throws IOException {
        purge.shutdown();
        connections.shutdown();
        files.close();
    }

    private static final class Server extends ZooKeeperServer {
        private final Consumer<String> onFailure;

        Server(FileTxnSnapLog files, Consumer<String> onFailure) {
            super(files, TICK_MILLIS, -1, -1, -1, new ZKDatabase(files), "");
            this.onFailure = onFailure;
        }

        @Override
        protected void setState(State state) {
            super.setState(state);
            if (state == State.ERROR) {
                onFailure.accept("the embedded ZooKeeper has stopped after an error, see the log above");
            }
        }
    }
}
