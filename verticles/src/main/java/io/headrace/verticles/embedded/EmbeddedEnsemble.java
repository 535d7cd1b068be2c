/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable storage in one process: a ZooKeeper server and a bookie, bound to 127.0.0.1, with all data under one
 * directory. Data survives a kill of the process at any moment: what was acknowledged had been synced to disk.
 *
 * <p>The bookie stores entries with BookKeeper's {@code SortedLedgerStorage} (see {@link OrderedLedgerStorage}). Against
 * {@code DbLedgerStorage}, measured on two busy cores with a synced journal, lone appends took the same time, frames of 64
 * KiB to 1 MB went through 1.0 to 1.6 times as fast, and a start took half as long, because no RocksDB library is unpacked
 * and loaded. A standalone node has few ledgers at a time, so one small index file per ledger costs nothing; the heap for
 * new entries is bounded by {@link EmbeddedOptions#cacheBytes}.
 *
 * <p>Starting and closing block (about a second each); call them from the main thread.
 */
public final class EmbeddedEnsemble implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEnsemble.class);

    private final FileChannel lock;
    private final EmbeddedZooKeeper zooKeeper;
    private final EmbeddedBookie bookie;
    private final DiskSpace disk;
    /** Set when the ensemble has failed or is being closed: what stops from then on is no news. */
    private final AtomicBoolean over;

    private boolean closed;

    private EmbeddedEnsemble(
            FileChannel lock, EmbeddedZooKeeper zooKeeper, EmbeddedBookie bookie, DiskSpace disk, AtomicBoolean over) {
        this.over = over;
        this.lock = lock;
        this.zooKeeper = zooKeeper;
        this.bookie = bookie;
        this.disk = disk;
    }

    /** As {@link #start(EmbeddedOptions, Consumer)}; a later failure is only logged. */
    public static EmbeddedEnsemble start(EmbeddedOptions options) {
        return start(options, reason -> LOG.error("Embedded storage failed: {}", reason));
    }

    /**
     * Starts both servers and returns when they serve.
     *
     * @param onFailure called from any thread if one of them stops later by itself (a failed disk write, say). Nothing is
     *     retried: the process should end, and recover at its next start what was acknowledged
     * @throws EnsembleException with one line that says what to do, if they cannot start
     */
    public static EmbeddedEnsemble start(EmbeddedOptions options, Consumer<String> onFailure) {
        EmbeddedOptions absolute =
                options.withDirectory(options.dataDirectory().toAbsolutePath().normalize());
        FileChannel lock = claim(absolute);
        AtomicBoolean over = new AtomicBoolean();
        Consumer<String> onFirst = reason -> {
            if (over.compareAndSet(false, true)) {
                onFailure.accept(reason);
            }
        };
        EmbeddedZooKeeper zooKeeper = null;
        try {
            Path directory = absolute.dataDirectory();
            zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), absolute.zooKeeperPort(), onFirst);
            InetAddress loopback = InetAddress.getByAddress(EmbeddedZooKeeper.LOOPBACK);
            BookieSite site = new BookieSite(
                    zooKeeper.connectString(),
                    loopback,
                    loopback.getHostAddress(),
                    Optional.empty(),
                    zooKeeper::exists);
            EmbeddedBookie bookie = EmbeddedBookie.start(directory.resolve("bookie"), site, absolute, onFirst);
            DiskSpace disk = DiskSpace.watching(Files.getFileStore(directory), absolute.minFreeBytes());
            disk.alsoLook(new StuckBookie(
                    bookie::isReadOnly,
                    disk::isShort,
                    () -> onFirst.accept("the embedded bookie stays read-only although the disk has room"))::look);
            return new EmbeddedEnsemble(lock, zooKeeper, bookie, disk, over);
        } catch (EnsembleException e) {
            release(zooKeeper, lock);
            throw e;
        } catch (InterruptedException e) {
            release(zooKeeper, lock);
            Thread.currentThread().interrupt();
            throw new EnsembleException("starting the embedded storage was interrupted", e);
        } catch (Exception e) {
            release(zooKeeper, lock);
            throw new EnsembleException(
                    "the embedded storage cannot start in " + absolute.dataDirectory() + " (" + e.getMessage()
                            + "); the data has been left untouched: restore the directory from a copy, or choose another",
                    e);
        }
    }

    /** Where ZooKeeper listens, as {@code host:port}: all that a client of either server needs. */
    public String connectString() {
        return zooKeeper.connectString();
    }

    /** How much room is left. */
    public DiskSpace disk() {
        return disk;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        over.set(true);
        disk.close();
        bookie.close();
        release(zooKeeper, lock);
    }

    /** Takes the directory into use, creating what is missing. */
    static FileChannel claim(EmbeddedOptions options) {
        Path directory = options.dataDirectory();
        FileChannel channel = null;
        try {
            Files.createDirectories(directory.resolve("zookeeper"));
            Files.createDirectories(directory.resolve("bookie"));
            FileStore disk = Files.getFileStore(directory);
            long free = disk.getUsableSpace();
            long reserve = DiskSpace.reserveBytes(disk.getTotalSpace(), options.minFreeBytes());
            if (free < reserve) {
                throw new EnsembleException("the disk of " + directory + " is full (" + (free >> 20)
                        + " MiB left, at least " + (reserve >> 20)
                        + " MiB needed): free some space or choose another data directory");
            }
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new EnsembleException("the data directory " + directory
                        + " is in use by another process: stop it or choose another data directory");
            }
            return channel;
        } catch (IOException e) {
            throw new EnsembleException(
                    "the data directory " + directory + " cannot be written (" + e
                            + "): give this user write permission or choose another data directory",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    static void release(@Nullable EmbeddedZooKeeper zooKeeper, FileChannel lock) {
        try (lock) {
            if (zooKeeper != null) {
                zooKeeper.close();
            }
        } catch (IOException e) {
            LOG.warn("The embedded ZooKeeper did not close cleanly; its data is safe", e);
        }
    }
}
