/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.bookkeeper.bookie.Bookie.NoEntryException;
import org.apache.bookkeeper.bookie.Bookie.NoLedgerException;
import org.apache.bookkeeper.bookie.CheckpointSource;
import org.apache.bookkeeper.bookie.CheckpointSource.Checkpoint;
import org.apache.bookkeeper.bookie.Checkpointer;
import org.apache.bookkeeper.bookie.LedgerDirsManager;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.proto.BookieProtocol;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.util.DiskChecker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk when the process is killed: a copy of the files, opened by another storage. */
class OrderedLedgerStorageTest {
    private static final long LEDGER = 7;
    private static final byte[] KEY = {1, 2, 3};
    private static final int ENTRY_BYTES = 1_000;
    private static final long ENTRIES = 20_000;

    @TempDir
    private Path directory;

    private final AtomicInteger checkpointsAskedFor = new AtomicInteger();
    private final List<OrderedLedgerStorage> opened = new ArrayList<>();
    private OrderedLedgerStorage storage;

    @BeforeEach
    void open() throws IOException {
        storage = open(directory.resolve("storage"));
        storage.setMasterKey(LEDGER, KEY);
    }

    @AfterEach
    void close() throws InterruptedException {
        for (OrderedLedgerStorage each : opened) {
            each.shutdown();
        }
    }

    /** The table of new entries had been written out for being full, and is empty at the checkpoint. */
    @Test
    void aCheckpointHasWhatWasWrittenOutBefore() throws Exception {
        storage.process(LEDGER, 0, entry(0));
        storage.checkpoint(Checkpoint.MAX);
        assertLast(copy("copy"), 0);
    }

    @Test
    void theIndexIsWrittenAfterTheLogs() throws Exception {
        storage.process(LEDGER, 0, entry(0));
        storage.flushEntriesLocationsIndex();
        assertLast(copy("copy"), 0);
    }

    @Test
    void whatTheIndexNamesCanBeReadAtAnyMoment() throws Exception {
        CompletableFuture<Void> writer = run(number -> {
            storage.process(LEDGER, number, entry(number));
            return number < ENTRIES;
        });
        CompletableFuture<Void> checkpoints = run(number -> {
            storage.checkpoint(Checkpoint.MAX);
            return !writer.isDone();
        });
        for (int i = 0; !checkpoints.isDone(); i++) {
            assertLastReadable(copy("copy-" + i));
        }
        checkpoints.join();
        writer.join();
        assertLast(copy("last"), ENTRIES);
    }

    private static void assertLastReadable(OrderedLedgerStorage killed) throws Exception {
        ByteBuf last;
        try {
            last = killed.getEntry(LEDGER, BookieProtocol.LAST_ADD_CONFIRMED);
        } catch (NoLedgerException | NoEntryException nothingYet) {
            return;
        }
        assertThat(ByteBufUtil.getBytes(last)).hasSize(ENTRY_BYTES);
        last.release();
    }

    @Test
    void aCheckpointCausesNoOther() throws Exception {
        storage.addEntry(entry(0));
        storage.checkpoint(Checkpoint.MAX);
        assertThat(checkpointsAskedFor).hasValue(0);
        assertLast(copy("copy"), 0);
    }

    @Test
    void aWriteThatFailsIsTold() throws Exception {
        List<IOException> failures = new ArrayList<>();
        storage.onFailure(failures::add);
        storage.process(LEDGER, 0, entry(0));
        storage.checkpoint(Checkpoint.MAX);
        storage.deleteLedger(LEDGER);
        assertThatThrownBy(() -> storage.process(LEDGER, 1, entry(1))).isInstanceOf(NoLedgerException.class);
        assertThat(failures).as("that a ledger is gone is no failure").isEmpty();
        storage.setMasterKey(LEDGER + 1, KEY);
        storage.process(LEDGER + 1, 0, entry(0));
        // The file is closed instead of being written to.
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> storage.checkpoint(Checkpoint.MAX)).isInstanceOf(IOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(failures).hasSize(1);
    }

    private interface Step {
        /** Returns whether there is another one. */
        boolean run(long number) throws IOException;
    }

    private static CompletableFuture<Void> run(Step step) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        long number = 0;
                        while (step.run(number)) {
                            number++;
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "step").start());
    }

    private static ByteBuf entry(long number) {
        ByteBuf entry = Unpooled.buffer(ENTRY_BYTES);
        entry.writeLong(LEDGER).writeLong(number).writeLong(number - 1);
        return entry.writeZero(entry.writableBytes());
    }

    private static void assertLast(OrderedLedgerStorage storage, long number) throws Exception {
        ByteBuf last = storage.getEntry(LEDGER, BookieProtocol.LAST_ADD_CONFIRMED);
        assertThat(last).isEqualTo(entry(number));
        last.release();
    }

    private OrderedLedgerStorage copy(String name) throws IOException {
        Path target = directory.resolve(name);
        // The index first: what it names must have been in the logs before.
        copy(target, path -> !isLog(path));
        copy(target, OrderedLedgerStorageTest::isLog);
        return open(target);
    }

    private static boolean isLog(Path path) {
        return path.toString().endsWith(".log");
    }

    private interface Which {
        boolean is(Path file);
    }

    private void copy(Path target, Which which) throws IOException {
        Path source = directory.resolve("storage");
        List<Path> files;
        try (var all = Files.walk(source)) {
            files = all.filter(Files::isRegularFile).filter(which::is).toList();
        }
        for (Path file : files) {
            Path to = target.resolve(source.relativize(file));
            Files.createDirectories(to.getParent());
            Files.copy(file, to);
        }
    }

    private OrderedLedgerStorage open(Path path) throws IOException {
        Files.createDirectories(path.resolve("current"));
        ServerConfiguration conf = new ServerConfiguration();
        conf.setLedgerDirNames(new String[] {path.toString()});
        conf.setBookieId("bookie");
        conf.setSkipListSizeLimit(1 << 20);
        LedgerDirsManager directories =
                new LedgerDirsManager(conf, new File[] {path.toFile()}, new DiskChecker(0.9999f, 0.999f));
        OrderedLedgerStorage made = new OrderedLedgerStorage();
        made.initialize(
                conf, null, directories, directories, NullStatsLogger.INSTANCE, UnpooledByteBufAllocator.DEFAULT);
        made.setCheckpointSource(CheckpointSource.DEFAULT);
        made.setCheckpointer(counting(checkpoint -> checkpointsAskedFor.incrementAndGet()));
        opened.add(made);
        return made;
    }

    private static Checkpointer counting(Consumer<Checkpoint> counter) {
        return new Checkpointer() {
            @Override
            public void startCheckpoint(Checkpoint checkpoint) {
                counter.accept(checkpoint);
            }

            @Override
            public void start() {}
        };
    }
}
