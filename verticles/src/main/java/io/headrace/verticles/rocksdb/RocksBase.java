/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.LoadedRows;
import io.headrace.engine.state.NotInMemory;
import io.headrace.engine.state.Row;
import io.headrace.engine.state.RowRead;
import io.headrace.engine.state.StateBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The rows of one partition. The loop reads what is in the block cache; workers read the rest, and hold off closing while
 * they do.
 */
final class RocksBase implements StateBase {
    private final String partition;
    private final Database database;
    private final Loop loop;
    private final Executor readers;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private volatile boolean closed;

    RocksBase(String partition, Database database, Loop loop, Executor readers) {
        this.partition = partition;
        this.database = database;
        this.loop = loop;
        this.readers = readers;
    }

    Database database() {
        return database;
    }

    @Override
    public byte @Nullable [] head(long map, byte[] key, int length) {
        try {
            return database.head(map, key, length, true);
        } catch (RocksDBException e) {
            throw missOr(e, new RowRead.Key(map, key, length));
        }
    }

    @Override
    public ByteScan scan(long map, byte[] from) {
        return new MemoryScan(map, from);
    }

    private RuntimeException missOr(RocksDBException e, RowRead read) {
        return Database.isMiss(e) ? new NotInMemory(List.of(read)) : damaged(e);
    }

    private LogException damaged(RocksDBException e) {
        return new LogException(
                LogException.Kind.CORRUPT, "the rows of " + partition + " cannot be read: " + e.getMessage(), e);
    }

    @Override
    public void load(List<Request> requests, Callback<Done> loaded) {
        try {
            readers.execute(() -> loadUnlessClosed(requests, loaded));
        } catch (RejectedExecutionException e) {
            answer(() -> loaded.failed(
                    new LogException(LogException.Kind.UNAVAILABLE, "the store of rows has been closed", e)));
        }
    }

    private void loadUnlessClosed(List<Request> requests, Callback<Done> loaded) {
        use.readLock().lock();
        try {
            if (!closed) {
                loadAll(requests);
                answer(() -> loaded.done(Done.DONE));
            }
        } catch (RocksDBException e) {
            answer(() -> loaded.failed(damaged(e)));
        } finally {
            use.readLock().unlock();
        }
    }

    private void answer(Runnable answer) {
        if (!closed) {
            loop.execute(() -> {
                if (!closed) {
                    answer.run();
                }
            });
        }
    }

    private void loadAll(List<Request> requests) throws RocksDBException {
        long bytes = 0;
        for (Request request : requests) {
            for (RowRead read : request.reads()) {
                if (bytes > LoadedRows.MAX_LOAD_BYTES) {
                    return;
                }
                bytes += load(read, request.into());
            }
        }
    }

    private long load(RowRead read, LoadedRows into) throws RocksDBException {
        if (read instanceof RowRead.Key key) {
            byte[] head = database.head(key.map(), key.key(), key.length(), false);
            into.add(key, head);
            return head == null ? 0 : head.length;
        } else if (read instanceof RowRead.Range range) {
            return loadRange(range, into);
        }
        throw new IllegalArgumentException("no way to load " + read);
    }

    private long loadRange(RowRead.Range range, LoadedRows into) throws RocksDBException {
        List<Row> found = new ArrayList<>();
        long bytes = 0;
        boolean more = true;
        try (Database.Scan scan = database.scan(range.map(), range.key(), false)) {
            while (more && found.size() < LoadedRows.MAX_RANGE_ROWS && bytes < LoadedRows.MAX_RANGE_BYTES) {
                more = scan.next();
                if (more) {
                    Row row = new Row(scan.key(), scan.value());
                    found.add(row);
                    bytes += row.key().length + row.value().length;
                }
            }
            scan.check();
        }
        into.add(range, found, !more);
        return bytes;
    }

    /** From here on nobody is called back, and nothing is read by workers; the loop has stopped reading before. */
    void stop() {
        closed = true;
    }

    /** Closes the database once no worker reads it. Blocks. */
    void close() {
        closed = true;
        use.writeLock().lock();
        try {
            database.close();
        } finally {
            use.writeLock().unlock();
        }
    }

    /** A walk through what is in memory. */
    private final class MemoryScan implements ByteScan {
        private final long map;
        private final Database.Scan scan;
        private byte[] at;

        MemoryScan(long map, byte[] from) {
            this.map = map;
            this.at = from;
            this.scan = database.scan(map, from, true);
        }

        @Override
        public boolean next() {
            boolean found = scan.next();
            if (found) {
                at = Arrays.copyOf(scan.key(), scan.key().length + 1);
                return true;
            }
            try {
                scan.check();
                return false;
            } catch (RocksDBException e) {
                throw missOr(e, new RowRead.Range(map, at));
            }
        }

        @Override
        public byte[] key() {
            return scan.key();
        }

        @Override
        public byte[] value() {
            return scan.value();
        }

        @Override
        public void close() {
            scan.close();
        }
    }
}
