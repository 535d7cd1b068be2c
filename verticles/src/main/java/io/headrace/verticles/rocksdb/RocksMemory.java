/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBufferManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory that all databases of a process share, and how they are set up. */
final class RocksMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RocksMemory.class);
    private static final long WRITE_BUFFER_BYTES = 16L << 20;

    /** Such a file, with what it may exceed this by, is stored in one go. */
    private static final long FILE_BYTES = 16L << 20;

    private static final long LEVEL_BYTES = 128L << 20;
    private static final long MANIFEST_BYTES = 4L << 20;
    private static final long MANIFEST_PIECE_BYTES = 64L << 10;
    private static final int FILTER_BITS = 10;

    private final Cache cache;
    private final WriteBufferManager unflushed;
    private final BloomFilter filter;

    /** @param directory where files may be put that are needed while the process runs */
    RocksMemory(RocksOptions options, Path directory) {
        loadLibrary(directory);
        filter = new BloomFilter(FILTER_BITS);
        cache = new LRUCache(options.cacheBytes());
        unflushed = new WriteBufferManager(options.unflushedBytes(), cache);
    }

    /** RocksDB itself unpacks its library among temporary files, where each process that is killed leaves one more. */
    private static void loadLibrary(Path directory) {
        try {
            Files.createDirectories(directory);
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        } catch (IOException | UnsatisfiedLinkError e) {
            // No program may be run from there, for instance.
            LOG.debug("RocksDB's library cannot be loaded from {}", directory, e);
        }
        RocksDB.loadLibrary();
    }

    /** Opens a database, or makes an empty one. */
    RocksDB open(Path directory, Options options) throws RocksDBException {
        BlockBasedTableConfig tables = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinTopLevelIndexAndFilter(true)
                .setFormatVersion(5);
        options.setCreateIfMissing(true)
                .setWriteBufferManager(unflushed)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setTargetFileSizeBase(FILE_BYTES)
                .setMaxBytesForLevelBase(LEVEL_BYTES)
                .setLevelCompactionDynamicLevelBytes(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setMaxManifestFileSize(MANIFEST_BYTES)
                .setManifestPreallocationSize(MANIFEST_PIECE_BYTES)
                .setAvoidFlushDuringShutdown(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(1)
                .setStatsDumpPeriodSec(0)
                .setTableFormatConfig(tables);
        return RocksDB.open(options, directory.toString());
    }

    /** Memory that is in use, in bytes. */
    long usedBytes() {
        return cache.getUsage();
    }

    @Override
    public void close() {
        unflushed.close();
        cache.close();
        filter.close();
    }
}
