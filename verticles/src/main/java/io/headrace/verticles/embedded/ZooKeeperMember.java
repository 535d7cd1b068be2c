/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.server.ServerConfig;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/**
 * A server of a ZooKeeper ensemble, in a process of its own. Every write is synced to disk before it is acknowledged
 * (ZooKeeper's default). It cannot be stopped but by the end of the process, which is safe at any time.
 */
public final class ZooKeeperMember {
    private static final int TICK_MILLIS = 1_000;
    private static final int POLL_MILLIS = 50;

    private ZooKeeperMember() {}

    /**
     * Starts a server; returns when it listens, with or without a majority of the others.
     *
     * @param directory where it keeps everything
     * @param host address that its clients connect to
     * @param port for clients
     * @param id number of this server
     * @param servers all servers of the ensemble by their numbers, each as {@code host:port:port}
     * @param onFailure called from a thread of its own if it ends by itself
     */
    public static void start(
            Path directory,
            InetAddress host,
            int port,
            int id,
            Map<Integer, String> servers,
            Consumer<String> onFailure)
            throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("tickTime", Integer.toString(TICK_MILLIS));
        properties.setProperty("initLimit", "20");
        properties.setProperty("syncLimit", "10");
        properties.setProperty("dataDir", directory.toString());
        properties.setProperty("clientPort", Integer.toString(port));
        properties.setProperty("clientPortAddress", host.getHostAddress());
        properties.setProperty("admin.enableServer", "false");
        properties.setProperty("autopurge.purgeInterval", "1");
        properties.setProperty("maxClientCnxns", "1000");
        if (servers.size() > 1) {
            // One alone runs without elections.
            servers.forEach((number, address) -> properties.setProperty("server." + number, address));
        }
        QuorumPeerConfig config = new QuorumPeerConfig();
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("myid"), id + "\n", StandardCharsets.UTF_8);
            config.parseProperties(properties);
        } catch (IOException | QuorumPeerConfig.ConfigException e) {
            throw new EnsembleException("ZooKeeper cannot start in " + directory + ": " + e.getMessage(), e);
        }
        Thread thread = new Thread(() -> run(config, onFailure), "zookeeper");
        thread.start();
        awaitListening(thread, host, port);
    }

    private static void run(QuorumPeerConfig config, Consumer<String> onFailure) {
        try {
            if (config.isDistributed()) {
                new QuorumPeerMain().runFromConfig(config);
            } else {
                ServerConfig alone = new ServerConfig();
                alone.readFrom(config);
                new ZooKeeperServerMain().runFromConfig(alone);
            }
            onFailure.accept("ZooKeeper has ended");
        } catch (Exception e) {
            onFailure.accept("ZooKeeper has stopped after an error: " + e);
        }
    }

    private static void awaitListening(Thread server, InetAddress host, int port) throws InterruptedException {
        while (server.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), POLL_MILLIS);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        throw new EnsembleException(
                "ZooKeeper could not listen on port " + port + " of " + host.getHostAddress() + ", see the log above");
    }
}
