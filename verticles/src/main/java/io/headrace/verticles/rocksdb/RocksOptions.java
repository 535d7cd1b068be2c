/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

/**
 * Bounds that all databases of a process share.
 *
 * @param cacheBytes memory for blocks, filters, indexes and rows that are not flushed yet, at least 1 MiB
 * @param unflushedBytes part of it that rows may take which are not flushed yet
 * @param readers how many threads read what is not in memory, at least 1
 */
public record RocksOptions(long cacheBytes, long unflushedBytes, int readers) {
    public static final RocksOptions DEFAULT = new RocksOptions(96L << 20, 32L << 20, 4);

    public RocksOptions {
        if (cacheBytes < 1 << 20 || unflushedBytes < 1 || unflushedBytes > cacheBytes || readers < 1) {
            throw new IllegalArgumentException("the cache has at least 1 MiB and room for " + unflushedBytes
                    + " unflushed bytes, and there is at least one reader");
        }
    }
}
