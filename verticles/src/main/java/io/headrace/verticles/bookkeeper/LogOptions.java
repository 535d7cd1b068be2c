/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import java.util.Map;

/**
 * Settings of a {@link BookKeeperLogStore}. All owners of a cluster's logs should use the same.
 *
 * @param zooKeeper servers of the ZooKeeper ensemble, as {@code host:port,host:port}; BookKeeper's metadata is expected
 *     there under {@code /ledgers}
 * @param ensembleSize bookies over which a ledger is spread
 * @param writeQuorum bookies that get each frame; at most {@code ensembleSize}
 * @param ackQuorum bookies that must have synced a frame before it counts as durable; at least {@code writeQuorum} - 1
 * @param rollBytes size at which a log moves on to its next ledger, in bytes: the unit in which truncation frees storage
 * @param maxPendingBytes bound of the frames of one log that are not yet acknowledged, in bytes; the log fails beyond
 * @param appendMillis an append that takes longer fails its log
 * @param metadataMillis how long a change of a descriptor is tried before it fails
 * @param sessionMillis ZooKeeper session timeout; a server of ZooKeeper that is silent for two thirds of it is left for
 *     another
 * @param bookieRacks in which rack bookies are, as {@code rack} or {@code region/rack}, by their host; others are in one of
 *     their own. Each frame goes to bookies of different racks where that is possible
 */
public record LogOptions(
        String zooKeeper,
        int ensembleSize,
        int writeQuorum,
        int ackQuorum,
        long rollBytes,
        long maxPendingBytes,
        long appendMillis,
        long metadataMillis,
        int sessionMillis,
        Map<String, String> bookieRacks) {
    private static final long MIB = 1L << 20;

    public LogOptions {
        bookieRacks = Map.copyOf(bookieRacks);
        if (ackQuorum < 1 || ackQuorum < writeQuorum - 1 || writeQuorum < ackQuorum || ensembleSize < writeQuorum) {
            throw new IllegalArgumentException("need ensembleSize >= writeQuorum >= ackQuorum >= writeQuorum - 1 and"
                    + " ackQuorum >= 1, but they are " + ensembleSize + ", " + writeQuorum + " and " + ackQuorum);
        }
        if (rollBytes < 1 || maxPendingBytes < 2 * MIB) {
            throw new IllegalArgumentException("rollBytes must be positive and maxPendingBytes at least 2 MiB");
        }
        if (appendMillis < 1 || metadataMillis < 1 || sessionMillis < 1) {
            throw new IllegalArgumentException("times must be positive");
        }
    }

    /** One bookie, ledgers of 256 MiB, 15 seconds for an append. */
    public static LogOptions of(String zooKeeper) {
        return new LogOptions(zooKeeper, 1, 1, 1, 256 * MIB, 64 * MIB, 15_000, 15_000, 30_000, Map.of());
    }

    public LogOptions withQuorums(int ensemble, int write, int ack) {
        return new LogOptions(
                zooKeeper,
                ensemble,
                write,
                ack,
                rollBytes,
                maxPendingBytes,
                appendMillis,
                metadataMillis,
                sessionMillis,
                bookieRacks);
    }

    public LogOptions withRacks(Map<String, String> racks) {
        return new LogOptions(
                zooKeeper,
                ensembleSize,
                writeQuorum,
                ackQuorum,
                rollBytes,
                maxPendingBytes,
                appendMillis,
                metadataMillis,
                sessionMillis,
                racks);
    }

    public LogOptions withSession(int millis) {
        return new LogOptions(
                zooKeeper,
                ensembleSize,
                writeQuorum,
                ackQuorum,
                rollBytes,
                maxPendingBytes,
                appendMillis,
                metadataMillis,
                millis,
                bookieRacks);
    }

    public LogOptions withRollBytes(long bytes) {
        return new LogOptions(
                zooKeeper,
                ensembleSize,
                writeQuorum,
                ackQuorum,
                bytes,
                maxPendingBytes,
                appendMillis,
                metadataMillis,
                sessionMillis,
                bookieRacks);
    }

    public LogOptions withTimeouts(long append, long metadata) {
        return new LogOptions(
                zooKeeper,
                ensembleSize,
                writeQuorum,
                ackQuorum,
                rollBytes,
                maxPendingBytes,
                append,
                metadata,
                sessionMillis,
                bookieRacks);
    }
}
