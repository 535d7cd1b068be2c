/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.LogStore;
import io.headrace.engine.partition.Loop;
import io.headrace.testkit.log.LogStoreContract;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.rocksdb.FormerCheckpoints;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.LedgerHandle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookKeeperLogStoreTest extends LogStoreContract {
    private static final Loop AT_ONCE = new Loop() {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    };

    @TempDir
    private static Path directory;

    private static EmbeddedEnsemble ensemble;
    private static BookKeeperLogStore store;

    /** Rolls over every 10 frames or so. */
    private static BookKeeperLogStore rolling;

    @BeforeAll
    static void start() throws InterruptedException {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory));
        LogOptions options = LogOptions.of(ensemble.connectString());
        store = BookKeeperLogStore.connect(options);
        rolling = BookKeeperLogStore.connect(options.withRollBytes(10_000));
    }

    @AfterAll
    static void close() {
        rolling.close();
        store.close();
        ensemble.close();
    }

    @Override
    protected LogStore store() {
        return store;
    }

    @Override
    protected LogStore store(long bytes) {
        return rolling;
    }

    /** An older program's way to store a checkpoint. Never change: ledgers like this exist. */
    private static Checkpoint stored(byte[] snapshot, long frame) throws BKException, InterruptedException {
        CompletableFuture<LedgerHandle> created = new CompletableFuture<>();
        store.ledgers()
                .create(
                        "old",
                        Ledgers.CHECKPOINT,
                        AT_ONCE,
                        Callback.of(created::complete, created::completeExceptionally));
        LedgerHandle ledger = created.join();
        for (int at = 0; at < snapshot.length; at += LedgerCheckpoints.CHUNK_BYTES) {
            ledger.addEntry(snapshot, at, Math.min(LedgerCheckpoints.CHUNK_BYTES, snapshot.length - at));
        }
        CRC32C crc = new CRC32C();
        crc.update(snapshot);
        ledger.addEntry(ByteBuffer.allocate(25)
                .putInt(LedgerCheckpoints.MAGIC)
                .put((byte) LedgerCheckpoints.VERSION)
                .putLong(frame)
                .putLong(snapshot.length)
                .putInt((int) crc.getValue())
                .array());
        ledger.close();
        return new Checkpoint(Long.toString(ledger.getId()), frame);
    }

    /** Of a thousand bytes each, and 64 KiB are asked for at a time. */
    @Test
    void aReadBringsAsManyFramesAsItMayWhereverItBegins() {
        try (TestLog log = new TestLog("long")) {
            log.append(log.open(store), 330);
            assertThat(log.read(log.open(store), 1, 330)).isEqualTo(6);
        }
    }

    @Test
    void formerCheckpointsAreReadUntilTheyAreDeleted() throws BKException, InterruptedException {
        FormerCheckpoints former = store.formerCheckpoints();
        for (int size : new int[] {0, 1, 5_000_000}) {
            byte[] snapshot = new byte[size];
            new Random(size).nextBytes(snapshot);
            Checkpoint checkpoint = stored(snapshot, 7);
            assertThat(former.hasPlaceFor(checkpoint)).isTrue();
            assertThat(load(former, checkpoint)).isEqualTo(snapshot);

            former.delete(checkpoint);
            boolean gone = false;
            for (long start = System.nanoTime(); !gone && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30); ) {
                gone = isGone(former, checkpoint);
            }
            assertThat(gone).as("the deleted checkpoint is gone").isTrue();
        }
    }

    @Test
    void otherLocationsHaveNoPlaceInLedgers() {
        FormerCheckpoints former = store.formerCheckpoints();
        assertThat(former.hasPlaceFor(new Checkpoint("", 7))).isFalse();
        assertThat(former.hasPlaceFor(new Checkpoint("12:checkpoints/p/1-2.manifest", 7)))
                .isFalse();
    }

    private static boolean isGone(FormerCheckpoints former, Checkpoint checkpoint) {
        try {
            load(former, checkpoint);
            return false;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.kind())
                    .isEqualTo(LogException.Kind.CORRUPT));
            return true;
        }
    }

    private static byte[] load(FormerCheckpoints former, Checkpoint checkpoint) {
        CompletableFuture<ByteBuf> loaded = new CompletableFuture<>();
        former.load(checkpoint, AT_ONCE, Callback.of(loaded::complete, loaded::completeExceptionally));
        ByteBuf bytes = loaded.join();
        byte[] copy = ByteBufUtil.getBytes(bytes);
        bytes.release();
        return copy;
    }
}
