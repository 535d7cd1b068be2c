/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the session of a node in its data directory, which one process at a time can use. After a kill the next run ends
 * that session, for nobody else can be at work in it; else others would wait for its end until it expires. A help, no more:
 * whatever is wrong with the file, the session expires by itself.
 */
public final class SessionFile {
    private static final Logger LOG = LoggerFactory.getLogger(SessionFile.class);

    private final Path path;

    /**
     * The file of a node.
     *
     * @param path in a directory that this process alone uses
     */
    public SessionFile(Path path) {
        this.path = path;
    }

    void write(long id, byte[] password) {
        try {
            Files.writeString(
                    path,
                    Long.toHexString(id) + " " + HexFormat.of().formatHex(password) + "\n",
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", path, e.toString());
        }
    }

    void endFormer(String servers, int sessionMillis) throws InterruptedException {
        try {
            String[] parts = Files.readString(path).strip().split(" ", -1);
            if (parts.length == 2) {
                end(
                        servers,
                        sessionMillis,
                        Long.parseUnsignedLong(parts[0], 16),
                        HexFormat.of().parseHex(parts[1]));
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            LOG.debug("no former session");
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("the former session is left to expire", e);
        }
    }

    private static void end(String servers, int sessionMillis, long id, byte[] password)
            throws IOException, InterruptedException {
        CountDownLatch settled = new CountDownLatch(1);
        ZooKeeper former = new ZooKeeper(
                servers,
                sessionMillis,
                event -> {
                    if (event.getState() == KeeperState.SyncConnected || event.getState() == KeeperState.Expired) {
                        settled.countDown();
                    }
                },
                id,
                password);
        if (!settled.await(sessionMillis, TimeUnit.MILLISECONDS)) {
            LOG.debug("ZooKeeper did not answer in time");
        }
        former.close();
    }
}
