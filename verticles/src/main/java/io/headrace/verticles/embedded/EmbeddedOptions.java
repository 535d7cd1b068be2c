/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.nio.file.Path;

/**
 * Settings of an {@link EmbeddedEnsemble}.
 *
 * @param dataDirectory where everything is kept; created if absent. May be moved while the process is down
 * @param zooKeeperPort port of ZooKeeper on 127.0.0.1; 0 picks a free one
 * @param bookiePort port of the bookie on 127.0.0.1; 0 picks a free one, {@link #NO_SOCKET} opens none, so that only
 *     clients in this process reach the bookie
 * @param journalBytes size at which a journal file is closed, in bytes; four such files, or fewer on a small disk, and
 *     what is written between two of the bookie's marks stay there
 * @param entryLogBytes size at which an entry log is closed, in bytes: the unit in which deleted data is freed
 * @param cacheBytes heap that the bookie fills with new entries before it writes them out of the journal into an entry log, in
 *     bytes; up to twice as much while it does, 64 MiB and more are rarely of use
 * @param minFreeBytes the bookie turns read-only when less than this is free on the disk; at most an eighth of the disk
 */
public record EmbeddedOptions(
        Path dataDirectory,
        int zooKeeperPort,
        int bookiePort,
        long journalBytes,
        long entryLogBytes,
        long cacheBytes,
        long minFreeBytes) {
    /** Value of {@link #bookiePort} for a bookie without a socket. */
    public static final int NO_SOCKET = -1;

    private static final long MIB = 1L << 20;

    public EmbeddedOptions {
        if (zooKeeperPort < 0 || zooKeeperPort > 65535 || bookiePort < NO_SOCKET || bookiePort > 65535) {
            throw new IllegalArgumentException("ports must be between 0 and 65535");
        }
        if (journalBytes < MIB || entryLogBytes < MIB || cacheBytes < 4 * MIB || minFreeBytes < 0) {
            throw new IllegalArgumentException(
                    "journalBytes and entryLogBytes must be at least 1 MiB, cacheBytes at least 4 MiB");
        }
    }

    /** Free ports and sizes that suit a laptop. */
    public static EmbeddedOptions in(Path dataDirectory) {
        return new EmbeddedOptions(dataDirectory, 0, 0, 64 * MIB, 128 * MIB, 32 * MIB, 128 * MIB);
    }

    public EmbeddedOptions withPorts(int zooKeeper, int bookie) {
        return new EmbeddedOptions(
                dataDirectory, zooKeeper, bookie, journalBytes, entryLogBytes, cacheBytes, minFreeBytes);
    }

    EmbeddedOptions withDirectory(Path directory) {
        return new EmbeddedOptions(
                directory, zooKeeperPort, bookiePort, journalBytes, entryLogBytes, cacheBytes, minFreeBytes);
    }
}
