/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.state.ByteScan;
import io.headrace.engine.state.Layer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open database. A row's key is the number of its map, 8 bytes big-endian, and its key in the map. May be read from
 * several threads at once; whoever closes it sees to it that none does any more.
 */
final class Database implements AutoCloseable {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int MAX_SKIPPED_ROWS = 10_000;

    private final Options options = new Options();
    private final ReadOptions fromMemory =
            new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER).setVerifyChecksums(true);
    private final ReadOptions fromDisk = new ReadOptions().setVerifyChecksums(true);
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;

    Database(RocksMemory memory, Path directory) throws RocksDBException {
        boolean opened = false;
        try {
            db = memory.open(directory, options);
            opened = true;
        } finally {
            if (!opened) {
                closeOptions();
            }
        }
    }

    /** Whether a failure says that something is not in memory. */
    static boolean isMiss(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete;
    }

    /** The first bytes of a value, at most {@code length}; null if there is no such key. */
    byte @Nullable [] head(long map, byte[] key, int length, boolean onlyFromMemory) throws RocksDBException {
        ReadOptions how = onlyFromMemory ? fromMemory : fromDisk;
        byte[] row = rowKey(map, key);
        if (length > Long.BYTES) {
            byte[] value = db.get(how, row);
            return value == null || value.length <= length ? value : Arrays.copyOf(value, length);
        }
        byte[] head = new byte[length];
        int found = db.get(how, row, head);
        return found == RocksDB.NOT_FOUND ? null : Arrays.copyOf(head, Math.min(found, length));
    }

    Scan scan(long map, byte[] from, boolean onlyFromMemory) {
        return new Scan(map, from, onlyFromMemory);
    }

    /** Makes the changes of a layer. They are on disk once {@link #flush} has succeeded. */
    void write(Layer layer) throws RocksDBException {
        try (Writer writer = new Writer()) {
            for (long map : layer.dropped()) {
                writer.batch.deleteRange(rowKey(map, new byte[0]), rowKey(map + 1, new byte[0]));
            }
            layer.forEach(writer::row);
            writer.end();
        }
    }

    void flush() throws RocksDBException {
        try (FlushOptions how = new FlushOptions().setWaitForFlush(true)) {
            db.flush(how);
        }
    }

    /** Makes a directory with all files of the database as it is now; table files are links. */
    void checkpoint(Path directory) throws RocksDBException {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(directory.toString());
        }
    }

    /** Memory that is this database's own, beside what it has in {@link RocksMemory}: for who measures. In bytes. */
    long ownBytes() throws RocksDBException {
        return db.getLongProperty("rocksdb.estimate-table-readers-mem");
    }

    /** Memory of rows that are not flushed yet, which is a part of {@link RocksMemory}; in bytes. */
    long unflushedBytes() throws RocksDBException {
        return db.getLongProperty("rocksdb.cur-size-all-mem-tables");
    }

    @Override
    public void close() {
        db.close();
        closeOptions();
    }

    private void closeOptions() {
        unlogged.close();
        fromDisk.close();
        fromMemory.close();
        options.close();
    }

    private static byte[] rowKey(long map, byte[] key) {
        return ByteBuffer.allocate(Long.BYTES + key.length)
                .putLong(map)
                .put(key)
                .array();
    }

    /** Collects changes into batches of bounded size. */
    private final class Writer implements AutoCloseable {
        final WriteBatch batch = new WriteBatch();
        private @Nullable RocksDBException failure;

        void row(long map, byte[] key, byte @Nullable [] value) {
            if (failure != null) {
                return;
            }
            try {
                if (value == null) {
                    batch.delete(rowKey(map, key));
                } else {
                    batch.put(rowKey(map, key), value);
                }
                if (batch.getDataSize() >= BATCH_BYTES) {
                    write();
                }
            } catch (RocksDBException e) {
                failure = e;
            }
        }

        private void write() throws RocksDBException {
            db.write(unlogged, batch);
            batch.clear();
        }

        void end() throws RocksDBException {
            if (failure != null) {
                throw failure;
            }
            write();
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    /** A walk through the rows of one map. Where it cannot go on, {@link #check} says why. */
    final class Scan implements ByteScan {
        private final Slice end;
        private final ReadOptions how;
        private final RocksIterator rows;
        private final byte[] start;
        private boolean begun;
        private byte[] key = new byte[0];

        private Scan(long map, byte[] from, boolean onlyFromMemory) {
            this.start = rowKey(map, from);
            this.end = new Slice(rowKey(map + 1, new byte[0]));
            this.how = new ReadOptions().setIterateUpperBound(end).setVerifyChecksums(true);
            if (onlyFromMemory) {
                how.setReadTier(ReadTier.BLOCK_CACHE_TIER).setMaxSkippableInternalKeys(MAX_SKIPPED_ROWS);
            }
            this.rows = db.newIterator(how);
        }

        @Override
        public boolean next() {
            if (begun) {
                rows.next();
            } else {
                rows.seek(start);
                begun = true;
            }
            boolean valid = rows.isValid();
            if (valid) {
                byte[] row = rows.key();
                key = Arrays.copyOfRange(row, Long.BYTES, row.length);
            }
            return valid;
        }

        /** Throws what has ended the walk, unless that was the end of the map. */
        void check() throws RocksDBException {
            rows.status();
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        public byte[] value() {
            return rows.value();
        }

        @Override
        public void close() {
            rows.close();
            how.close();
            end.close();
        }
    }
}
