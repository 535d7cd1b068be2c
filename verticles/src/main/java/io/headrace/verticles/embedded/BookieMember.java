/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** A bookie of an ensemble, in a process of its own. Starting and closing block. */
public final class BookieMember implements AutoCloseable {
    private static final int CONNECT_MILLIS = 30_000;
    private static final String NAME_FILE = "bookie-name";

    private final FileChannel lock;
    private final EmbeddedBookie bookie;

    private BookieMember(FileChannel lock, EmbeddedBookie bookie) {
        this.lock = lock;
        this.bookie = bookie;
    }

    /**
     * Starts a bookie; returns when it serves. Its data directory gives it its name, so that it may come back at another
     * address.
     *
     * @param zooKeeper servers of the ensemble that knows it, as {@code host:port,host:port}
     * @param host address that it listens on
     * @param advertised name or address that clients are told; here it must mean {@code host}, unless that stands for all
     *     addresses
     * @param options its directory, port and sizes
     * @param onFailure called from any thread if it stops later by itself
     * @throws EnsembleException with one line that says what to do, if it cannot start
     */
    public static BookieMember start(
            String zooKeeper, InetAddress host, String advertised, EmbeddedOptions options, Consumer<String> onFailure)
            throws InterruptedException {
        check(host, advertised);
        Path directory = options.dataDirectory();
        FileChannel lock = EmbeddedEnsemble.claim(options);
        try {
            return new BookieMember(lock, start(zooKeeper, host, advertised, options, name(directory), onFailure));
        } catch (EnsembleException | InterruptedException e) {
            EmbeddedEnsemble.release(null, lock);
            throw e;
        } catch (Exception e) {
            EmbeddedEnsemble.release(null, lock);
            throw new EnsembleException(
                    "the bookie cannot start in " + directory + " (" + e.getMessage()
                            + "); the data has been left untouched",
                    e);
        }
    }

    private static void check(InetAddress host, String advertised) {
        InetAddress meant;
        try {
            meant = InetAddress.getByName(advertised);
        } catch (UnknownHostException e) {
            throw new EnsembleException(
                    "nobody here knows the host " + advertised + ", which clients are to be told: correct it", e);
        }
        if (!host.isAnyLocalAddress() && !meant.equals(host)) {
            throw new EnsembleException(advertised + ", which clients are to be told, is " + meant.getHostAddress()
                    + " here, and the bookie is to listen on " + host.getHostAddress()
                    + ": make them the same, or let it listen on all addresses");
        }
    }

    private static EmbeddedBookie start(
            String zooKeeper,
            InetAddress host,
            String advertised,
            EmbeddedOptions options,
            String name,
            Consumer<String> onFailure)
            throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(zooKeeper, CONNECT_MILLIS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        try {
            // An ensemble that has just been started is without a leader for a moment, and then answers nobody.
            if (!connected.await(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new EnsembleException("no ZooKeeper answers at " + zooKeeper + " within " + CONNECT_MILLIS
                        + " ms: is it running, and is that its address?");
            }
            BookieSite site = new BookieSite(
                    zooKeeper, host, advertised, Optional.of(name), path -> client.exists(path, false) != null);
            return EmbeddedBookie.start(options.dataDirectory().resolve("bookie"), site, options, onFailure);
        } finally {
            client.close();
        }
    }

    private static String name(Path directory) throws IOException {
        Path file = directory.resolve(NAME_FILE);
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            String made = UUID.randomUUID().toString().substring(0, 8);
            Files.writeString(file, made + "\n", StandardCharsets.UTF_8);
            return made;
        }
    }

    @Override
    public void close() {
        bookie.close();
        EmbeddedEnsemble.release(null, lock);
    }
}
