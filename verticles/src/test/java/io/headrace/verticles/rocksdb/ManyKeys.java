/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.headrace.tiering.ChunkStorage;
import io.headrace.tiering.ChunkStorages;
import io.headrace.verticles.host.MemoryLogs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long a partition with very many keys takes to recover, and what memory it takes. A program:
 *
 * <pre>
 * mvn -q test-compile dependency:build-classpath -pl verticles -am -Dmdep.outputFile=target/classpath
 * java -Xmx1g -cp verticles/target/test-classes:verticles/target/classes:$(cat verticles/target/classpath) \
 *     io.headrace.verticles.rocksdb.ManyKeys DIRECTORY KEYS
 * </pre>
 */
final class ManyKeys {
    private static final int BATCH = 250;
    private static final int IN_FLIGHT = 16;
    private static final int VALUE_BYTES = 32;
    private static final int GETS = 20_000;
    private static final String TABLE = "table";

    private final Path directory;
    private final int keys;
    private final MemoryLogs logs = new MemoryLogs();

    private ManyKeys(Path directory, int keys) {
        this.directory = directory;
        this.keys = keys;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "many-keys");
        try {
            new ManyKeys(directory, Integer.parseInt(arguments[1])).measure();
        } finally {
            LocalDirectory.delete(directory);
        }
    }

    /** A partition on a thread of its own. */
    private final class Served implements AutoCloseable {
        final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        final CompletableFuture<Boolean> serving = new CompletableFuture<>();
        final RocksCheckpointStore store;
        final Partition<SegmentCommand, SegmentReply> partition;

        Served(ChunkStorage chunks) {
            store = new RocksCheckpointStore(directory.resolve("rows"), chunks, Owner.NOWHERE, RocksOptions.DEFAULT);
            Loop loop = new Loop() {
                @Override
                public void execute(Runnable task) {
                    thread.execute(task);
                }

                @Override
                public boolean inLoop() {
                    return true;
                }
            };
            partition = new Partition<>(
                    "segments-0",
                    new SegmentsMachine(PooledByteBufAllocator.DEFAULT),
                    logs,
                    store,
                    loop,
                    System::currentTimeMillis,
                    new Random(1),
                    PartitionOptions.DEFAULT,
                    new PartitionListener() {
                        @Override
                        public void serving() {
                            serving.complete(true);
                        }

                        @Override
                        public void lost(Throwable cause) {
                            serving.completeExceptionally(cause);
                            cause.printStackTrace();
                        }
                    });
            thread.execute(partition::start);
            serving.join();
            var unused = thread.scheduleAtFixedRate(partition::tick, 100, 100, TimeUnit.MILLISECONDS);
        }

        CompletableFuture<SegmentReply> ask(SegmentCommand command) {
            CompletableFuture<SegmentReply> answer = new CompletableFuture<>();
            thread.execute(() -> partition.submit(command, new ReplyTo<>() {
                @Override
                public void reply(SegmentReply reply) {
                    answer.complete(reply);
                }

                @Override
                public void lost(String reason) {
                    answer.completeExceptionally(new IllegalStateException(reason));
                }
            }));
            return answer;
        }

        void closePartition() {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            thread.execute(() -> partition.close(() -> closed.complete(true)));
            closed.join();
        }

        @Override
        public void close() {
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            thread.execute(() -> {
                partition.abort("end");
                ended.complete(true);
            });
            ended.join();
            thread.shutdown();
            store.close();
        }
    }

    private static ByteBuf key(int number) {
        return Unpooled.buffer(8).writeLong(number * 0x9E3779B97F4A7C15L);
    }

    private static ByteBuf value(int number) {
        return Unpooled.buffer(VALUE_BYTES).writeInt(number).writeZero(VALUE_BYTES - 4);
    }

    private void measure() throws Exception {
        try (ChunkStorage chunks =
                ChunkStorages.open(directory.resolve("chunks").toUri())) {
            try (Served first = new Served(chunks)) {
                first.ask(new SegmentCommand.CreateTable(TABLE, 8, 0)).get();
                double start = now();
                putAll(first);
                report("%,d keys put, %,.0f a second", keys, keys / (now() - start));
                gets(first);
                memory();
                start = now();
                first.closePartition();
                report("last checkpoint %.2f s; %,d MB in chunks", now() - start, size("chunks") >> 20);
            }
            recover(chunks, "with local files");
            LocalDirectory.delete(directory.resolve("rows"));
            recover(chunks, "without local files");
        }
    }

    private void putAll(Served served) throws Exception {
        List<CompletableFuture<SegmentReply>> open = new ArrayList<>();
        for (int from = 0; from < keys; from += BATCH) {
            List<TableEntry> entries = new ArrayList<>();
            for (int i = from; i < Math.min(keys, from + BATCH); i++) {
                entries.add(new TableEntry(key(i), TableKey.ANY_VERSION, value(i)));
            }
            open.add(served.ask(
                    new SegmentCommand.OnTable(TABLE, new TableCommand.Put(entries, TableCommand.ANY_LENGTH))));
            if (open.size() == IN_FLIGHT) {
                assertThat(open.remove(0).get()).isInstanceOf(SegmentReply.OfTable.class);
            }
        }
        for (CompletableFuture<SegmentReply> each : open) {
            each.get();
        }
    }

    private void gets(Served served) throws Exception {
        Random random = new Random(3);
        double start = now();
        for (int i = 0; i < GETS; i++) {
            int number = random.nextInt(keys);
            SegmentReply reply = served.ask(
                            new SegmentCommand.OnTable(TABLE, new TableCommand.Get(List.of(key(number)))))
                    .get();
            TableReply.Entries found = (TableReply.Entries) ((SegmentReply.OfTable) reply).reply();
            assertThat(found.entries().get(0).value().getInt(0)).isEqualTo(number);
        }
        report("gets one at a time, all over the table: %.3f ms each", (now() - start) * 1000 / GETS);
    }

    private void recover(ChunkStorage chunks, String how) throws Exception {
        double start = now();
        try (Served served = new Served(chunks)) {
            report("recovered %s in %.2f s", how, now() - start);
            SegmentReply info = served.ask(new SegmentCommand.OnTable(TABLE, new TableCommand.GetInfo()))
                    .get();
            assertThat(((TableReply.Info) ((SegmentReply.OfTable) info).reply()).entries())
                    .isEqualTo(keys);
            gets(served);
            memory();
        }
    }

    private long size(String name) throws IOException {
        try (var files = Files.walk(directory.resolve(name))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void memory() throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
        report("heap %,d MB; %s", (runtime.totalMemory() - runtime.freeMemory()) >> 20, resident);
    }

    private static double now() {
        return System.nanoTime() / 1e9;
    }

    private static void report(String format, Object... values) {
        System.out.printf("  " + format + "%n", values);
    }
}
