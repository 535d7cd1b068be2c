/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.partition.Loop;
import io.headrace.tiering.ChunkStorage;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints as chunks, with rows in RocksDB. */
public final class RocksCheckpointStore implements CheckpointStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RocksCheckpointStore.class);
    private static final int END_SECONDS = 3;

    private final Path directory;
    private final CheckpointChunks chunks;
    private final FormerCheckpoints former;
    private final RocksMemory memory;
    private final ExecutorService readers;
    private final ExecutorService changes = threads("rows-changes", 2);
    private final ExecutorService moves = threads("rows-checkpoints", 2);

    /**
     * A store that is ready for use.
     *
     * @param directory for databases; what is in it can be lost at any time but while it is in use
     * @param chunks where checkpoints go; stays open when this is closed
     * @param former where an older program has put checkpoints
     */
    public RocksCheckpointStore(Path directory, ChunkStorage chunks, FormerCheckpoints former, RocksOptions options) {
        this.directory = directory;
        this.chunks = new CheckpointChunks(chunks);
        this.former = former;
        this.memory = new RocksMemory(options, directory);
        this.readers = threads("rows-readers", options.readers());
    }

    private static ExecutorService threads(String name, int count) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public PartitionCheckpoints open(String partition, long epoch, boolean withRows, Loop loop) {
        return new RocksPartition(
                partition, epoch, withRows, loop, this, new SerialQueue(changes), new SerialQueue(moves));
    }

    Path directory() {
        return directory;
    }

    CheckpointChunks chunks() {
        return chunks;
    }

    FormerCheckpoints former() {
        return former;
    }

    RocksMemory memory() {
        return memory;
    }

    Executor readers() {
        return readers;
    }

    /** Ends the work on checkpoints; whatever has not been published by then comes to nothing. Blocks for a moment. */
    @Override
    public void close() {
        moves.shutdownNow();
        readers.shutdown();
        boolean ended = false;
        try {
            // Closing of databases that is under way goes on.
            ended = end(changes) && end(moves) && end(readers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ended) {
            memory.close();
        } else {
            LOG.warn(
                    "work on checkpoints has not ended within {} s and is left to the end of the process", END_SECONDS);
        }
    }

    private static boolean end(ExecutorService threads) throws InterruptedException {
        threads.shutdown();
        return threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    }
}
