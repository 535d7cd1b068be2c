/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.log.CheckpointStore;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.segments.Tier;
import io.headrace.engine.segments.TierLimits;
import io.headrace.engine.segments.TierOptions;
import io.headrace.engine.segments.TierStatus;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.rocksdb.RocksCheckpointStore;
import io.headrace.verticles.rocksdb.RocksOptions;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition whose data has moved to files: bookies have none of its ledgers any more but the last ones. */
class TieredLogTest {
    private static final String SEGMENT = "scope/stream/0.#epoch.0";
    private static final UUID WRITER = new UUID(1, 2);
    private static final int APPENDS = 60;
    private static final int APPEND_BYTES = 100_000;

    @TempDir
    Path directory;

    private final TestLog logs = new TestLog("segments-0");
    private final CompletableFuture<Boolean> serving = new CompletableFuture<>();
    private volatile TierStatus status = TierStatus.NEW;
    private @Nullable Partition<SegmentCommand, SegmentReply> opened;

    @Test
    void ledgersAreDeletedAndTheDataIsThere() throws Exception {
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(
                        EmbeddedOptions.in(Files.createDirectory(directory.resolve("storage"))));
                BookKeeperLogStore store = BookKeeperLogStore.connect(
                        LogOptions.of(ensemble.connectString()).withRollBytes(500_000));
                ChunkStorage snapshots = ChunkStorages.open(
                        Files.createDirectory(directory.resolve("snapshots")).toUri());
                RocksCheckpointStore checkpoints = new RocksCheckpointStore(
                        directory.resolve("rows"), snapshots, store.formerCheckpoints(), RocksOptions.DEFAULT);
                ChunkStorage chunks = ChunkStorages.open(
                        Files.createDirectory(directory.resolve("chunks")).toUri());
                logs) {
            opened = open(store, checkpoints, chunks);
            logs.loop().execute(partition()::start);
            logs.await(serving);
            ask(new SegmentCommand.Create(SEGMENT, 0, 0, 0));
            ask(new SegmentCommand.SetupAppend(SEGMENT, WRITER, 1));
            Set<Long> seen = new HashSet<>();
            for (int i = 1; i <= APPENDS; i++) {
                ask(append(i));
                seen.addAll(ledgers(store));
            }
            assertThat(seen).as("ledgers that there were").hasSizeGreaterThan(8);
            int number = APPENDS;
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (status.waitingBytes() > 0 || existing(ensemble, seen).size() > 3) {
                assertThat(System.nanoTime()).as("%s", status).isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(10);
                tick();
                // A checkpoint follows what is logged.
                ask(append(++number));
            }
            assertThat(ledgers(store)).hasSizeLessThan(4);
            for (int i = 0; i < APPENDS; i++) {
                SegmentReply reply = ask(new SegmentCommand.Read(SEGMENT, (long) i * APPEND_BYTES, APPEND_BYTES, 1));
                assertThat(reply).isInstanceOf(SegmentReply.Data.class);
            }
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            logs.loop().execute(() -> partition().close(() -> closed.complete(true)));
            logs.await(closed);
        }
    }

    private static Set<Long> existing(EmbeddedEnsemble ensemble, Set<Long> of) throws Exception {
        Set<Long> ids = new HashSet<>();
        BookKeeperAdmin admin = new BookKeeperAdmin(ensemble.connectString());
        admin.listLedgers().forEach(ids::add);
        admin.close();
        ids.retainAll(of);
        return ids;
    }

    private List<Long> ledgers(BookKeeperLogStore store) {
        return logs
                .await(logs.<DescriptorNodes.Stored>call(
                        callback -> store.nodes().read(logs.partition(), callback)))
                .descriptor()
                .ledgers()
                .stream()
                .map(LedgerRef::id)
                .toList();
    }

    private Partition<SegmentCommand, SegmentReply> partition() {
        return Objects.requireNonNull(opened);
    }

    private Partition<SegmentCommand, SegmentReply> open(
            BookKeeperLogStore store, CheckpointStore checkpoints, ChunkStorage chunks) {
        ReplyTo<SegmentReply> nobody = new ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {}

            @Override
            public void lost(String reason) {}
        };
        SegmentsMachine machine = new SegmentsMachine(
                PooledByteBufAllocator.DEFAULT,
                LoadOptions.DEFAULT,
                LoadReports.NONE,
                new Tier(
                        "segments-0",
                        chunks,
                        logs.loop()::execute,
                        command -> logs.loop().execute(() -> partition().submit(command, nobody)),
                        new TierOptions(4 << 20, 1, 512L << 20, TierLimits.DEFAULT),
                        Tier.blocks(16 << 20, 1),
                        now -> status = now));
        return new Partition<>(
                logs.partition(),
                machine,
                store,
                checkpoints,
                logs.loop(),
                System::currentTimeMillis,
                new SplittableRandom(1),
                new PartitionOptions(4, 8 << 20, 2 << 20, 300_000, 50_000),
                new PartitionListener() {
                    @Override
                    public void serving() {
                        serving.complete(true);
                    }

                    @Override
                    public void lost(Throwable cause) {
                        serving.completeExceptionally(cause);
                    }
                });
    }

    private static SegmentCommand.Append append(int number) {
        return new SegmentCommand.Append(
                SEGMENT, WRITER, 1, number, 1, SegmentCommand.UNCONDITIONAL, Unpooled.wrappedBuffer(bytes(number)));
    }

    private static byte[] bytes(int number) {
        byte[] bytes = new byte[APPEND_BYTES];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    private void tick() {
        logs.await(logs.<Boolean>call(callback -> {
            partition().tick();
            callback.done(true);
        }));
    }

    private SegmentReply ask(SegmentCommand command) {
        tick();
        return logs.await(logs.<SegmentReply>call(callback -> partition().submit(command, new ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {
                if (reply instanceof SegmentReply.Data data) {
                    int number = (int) (((SegmentCommand.Read) command).offset() / APPEND_BYTES) + 1;
                    assertThat(ByteBufUtil.getBytes(data.data()))
                            .startsWith(Arrays.copyOf(bytes(number), data.data().readableBytes()));
                    data.data().release();
                }
                callback.done(reply);
            }

            @Override
            public void lost(String reason) {
                callback.failed(new AssertionError(reason));
            }
        })));
    }
}
