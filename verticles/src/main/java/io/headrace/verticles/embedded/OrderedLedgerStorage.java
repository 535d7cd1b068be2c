/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.bookkeeper.bookie.Bookie.NoLedgerException;
import org.apache.bookkeeper.bookie.CheckpointSource.Checkpoint;
import org.apache.bookkeeper.bookie.InterleavedLedgerStorage;
import org.apache.bookkeeper.bookie.LedgerDirsManager.NoWritableLedgerDirException;
import org.apache.bookkeeper.bookie.SortedLedgerStorage;

/**
 * BookKeeper's {@link SortedLedgerStorage} for a bookie that nobody can help out. It differs where BookKeeper counts on other
 * bookies that have the same entries:
 *
 * <ul>
 *   <li>At a checkpoint all entry logs are synced, that which is being filled too. BookKeeper leaves that out where it takes its
 *       content to be newer than the checkpoint; it need not be, since the table of new entries is written out for being full,
 *       too. The journal is dropped up to the checkpoint, so that acknowledged entries could be in the memory of the
 *       process only.
 *   <li>The index is written after the logs. Entries reach the storage before the journal, and may be in the index when the
 *       process is killed without ever having been in the journal. Such an entry was not acknowledged; but were it in no log
 *       either, it would be the last of its ledger, could not be read, and the ledger could not be recovered.
 *   <li>A log that is complete causes one checkpoint, not one more for each log that is begun by the checkpoint itself.
 *   <li>A write that fails is told, and is the end of the bookie: BookKeeper would go on, with another idea than the file system
 *       of where in the file it is. The journal has it all.
 * </ul>
 *
 * <p>Named in the bookie's configuration, and made by it. Called on several of its threads.
 */
public final class OrderedLedgerStorage extends SortedLedgerStorage {
    private final LogsFirst logs;

    /** For the bookie. */
    public OrderedLedgerStorage() {
        this(new LogsFirst());
    }

    private OrderedLedgerStorage(LogsFirst logs) {
        super(logs);
        this.logs = logs;
    }

    /** Says whom to tell that a write has failed, after which this storage must not be used; on any thread. */
    void onFailure(Consumer<IOException> listener) {
        logs.onFailure = listener;
    }

    @Override
    public void shutdown() throws InterruptedException {
        // Threads are interrupted, and files closed, while they may be writing.
        logs.onFailure = failure -> {};
        super.shutdown();
    }

    /** The entry logs and the index of their entries. Whoever changes both has its lock. */
    private static final class LogsFirst extends InterleavedLedgerStorage {
        private volatile Consumer<IOException> onFailure = failure -> {};

        @Override
        protected synchronized void processEntry(long ledger, long entry, ByteBuf bytes, boolean rollLog)
                throws IOException {
            try {
                super.processEntry(ledger, entry, bytes, rollLog);
            } catch (NoLedgerException deleted) {
                throw deleted;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void checkpoint(Checkpoint checkpoint) throws IOException {
            try {
                // First what was written since the last checkpoint, then what was written meanwhile: that leaves little
                // for which others have to wait.
                getEntryLogger().flush();
                getEntryLogger().flush();
            } catch (IOException e) {
                throw failed(e);
            }
            logsFirst(() -> super.checkpoint(checkpoint));
        }

        @Override
        public synchronized void flush() throws IOException {
            logsFirst(super::flush);
        }

        @Override
        public void flushEntriesLocationsIndex() throws IOException {
            logsFirst(super::flushEntriesLocationsIndex);
        }

        /** The table of new entries sees to checkpoints. */
        @Override
        public void onRotateEntryLog() {}

        private synchronized void logsFirst(Write index) throws IOException {
            try {
                getEntryLogger().flush();
                index.run();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private IOException failed(IOException failure) {
            // Refused before anything is written: the disk is short of space.
            if (!(failure instanceof NoWritableLedgerDirException)) {
                onFailure.accept(failure);
            }
            return failure;
        }
    }

    private interface Write {
        void run() throws IOException;
    }
}
