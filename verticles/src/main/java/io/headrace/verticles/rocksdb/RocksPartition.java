/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionCheckpoints;
import io.headrace.engine.partition.Loop;
import io.headrace.engine.state.Layer;
import io.headrace.engine.state.StateBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The rows and checkpoints of one partition for one owner. What changes the database is done in one queue, what moves
 * chunks in another one: rows can be written while a checkpoint is on its way.
 */
final class RocksPartition implements PartitionCheckpoints {
    private final String partition;
    private final boolean withRows;
    private final Loop loop;
    private final RocksMemory memory;
    private final CheckpointChunks chunks;
    private final FormerCheckpoints former;
    private final Executor readers;
    private final SerialQueue changes;
    private final SerialQueue moves;
    private final LocalDirectory directory;
    private final CheckpointUploads uploads;
    private volatile boolean closed;

    /** For the loop. */
    private StateBase base = StateBase.EMPTY;

    /** For the queue of changes; null before it is restored, and if there are no rows. */
    private @Nullable RocksBase opened;

    RocksPartition(
            String partition,
            long epoch,
            boolean withRows,
            Loop loop,
            RocksCheckpointStore store,
            SerialQueue changes,
            SerialQueue moves) {
        this.partition = partition;
        this.withRows = withRows;
        this.loop = loop;
        this.memory = store.memory();
        this.chunks = store.chunks();
        this.former = store.former();
        this.readers = store.readers();
        this.changes = changes;
        this.moves = moves;
        this.directory = new LocalDirectory(store.directory().resolve(partition), epoch);
        this.uploads = new CheckpointUploads(chunks, partition, epoch, () -> closed);
    }

    @Override
    public void restore(@Nullable Checkpoint checkpoint, Callback<ByteBuf> restored) {
        Checkpoint old = checkpoint != null && former.hasPlaceFor(checkpoint) ? checkpoint : null;
        changes.execute(() -> {
            ByteBuf snapshot;
            try {
                snapshot = checkpoint == null || old != null ? begin() : fetch(checkpoint);
            } catch (LogException e) {
                answer(() -> restored.failed(e));
                return;
            } catch (IOException e) {
                answer(() -> restored.failed(
                        new LogException(LogException.Kind.UNAVAILABLE, "the rows of " + partition + ": " + e, e)));
                return;
            }
            RocksBase rows = opened;
            if (closed) {
                snapshot.release();
                return;
            }
            loop.execute(() -> {
                if (closed) {
                    snapshot.release();
                    return;
                }
                base = rows == null ? StateBase.EMPTY : rows;
                if (old != null) {
                    former.load(old, loop, unlessClosed(restored));
                } else {
                    restored.done(snapshot);
                }
            });
        });
    }

    private Callback<ByteBuf> unlessClosed(Callback<ByteBuf> restored) {
        return Callback.of(
                snapshot -> {
                    if (closed) {
                        snapshot.release();
                    } else {
                        restored.done(snapshot);
                    }
                },
                cause -> {
                    if (!closed) {
                        restored.failed(cause);
                    }
                });
    }

    /** Begins without rows. */
    private ByteBuf begin() throws IOException {
        if (withRows) {
            open(directory.fresh("rows"), "an empty database");
        }
        return Unpooled.EMPTY_BUFFER;
    }

    private ByteBuf fetch(Checkpoint checkpoint) throws IOException {
        Manifest manifest = uploads.open(checkpoint);
        ByteBuf snapshot = chunks.load(manifest.snapshot());
        boolean complete = false;
        try {
            if (withRows) {
                open(directory.build(manifest, chunks), checkpoint.toString());
            }
            uploads.restored(checkpoint, manifest);
            complete = true;
            return snapshot;
        } finally {
            if (!complete) {
                snapshot.release();
            }
        }
    }

    private void open(Path path, String what) {
        closeDatabase();
        try {
            opened = new RocksBase(partition, new Database(memory, path), loop, readers);
            directory.keepOnly(path);
        } catch (RocksDBException e) {
            LocalDirectory.delete(path);
            boolean damaged = e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
            throw new LogException(
                    damaged ? LogException.Kind.CORRUPT : LogException.Kind.UNAVAILABLE,
                    "the rows of " + what + " cannot be opened: " + e.getMessage(),
                    e);
        }
    }

    private void closeDatabase() {
        RocksBase rows = opened;
        opened = null;
        if (rows != null) {
            rows.close();
        }
    }

    @Override
    public StateBase base() {
        return base;
    }

    @Override
    public void write(Layer layer, Callback<Done> written) {
        changes.execute(() -> {
            RocksBase rows = opened;
            if (closed || rows == null) {
                return;
            }
            try {
                rows.database().write(layer);
                answer(() -> written.done(Done.DONE));
            } catch (RocksDBException e) {
                answer(() -> written.failed(failure("writing rows", e)));
            }
        });
    }

    private LogException failure(String what, RocksDBException e) {
        return new LogException(
                LogException.Kind.UNAVAILABLE, what + " of " + partition + " has failed: " + e.getMessage(), e);
    }

    @Override
    public void save(long frame, ByteBuf snapshot, Callback<Checkpoint> saved) {
        changes.execute(() -> {
            RocksBase rows = opened;
            Path files = null;
            try {
                if (rows != null) {
                    rows.database().flush();
                    files = directory.fresh("checkpoint");
                    rows.database().checkpoint(files);
                }
            } catch (RocksDBException e) {
                snapshot.release();
                answer(() -> saved.failed(failure("a checkpoint of the rows", e)));
                return;
            } catch (IOException e) {
                snapshot.release();
                answer(() -> saved.failed(
                        new LogException(LogException.Kind.UNAVAILABLE, "the rows of " + partition + ": " + e, e)));
                return;
            }
            Path links = files;
            moves.execute(() -> upload(frame, links, snapshot, saved));
        });
    }

    private void upload(long frame, @Nullable Path files, ByteBuf snapshot, Callback<Checkpoint> saved) {
        try {
            Checkpoint checkpoint = uploads.save(frame, files, snapshot);
            answer(() -> saved.done(checkpoint));
        } catch (LogException e) {
            answer(() -> saved.failed(e));
        } finally {
            snapshot.release();
            if (files != null) {
                LocalDirectory.delete(files);
            }
        }
    }

    @Override
    public void published(List<Checkpoint> kept, List<Checkpoint> dropped) {
        dropped.stream().filter(former::hasPlaceFor).forEach(former::delete);
        moves.execute(() -> {
            if (!closed) {
                uploads.published(kept);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        if (base instanceof RocksBase rows) {
            rows.stop();
        }
        changes.execute(this::closeDatabase);
    }

    /** Once it is closed, the loop may be gone, too. */
    private void answer(Runnable answer) {
        if (!closed) {
            loop.execute(() -> {
                if (!closed) {
                    answer.run();
                }
            });
        }
    }
}
