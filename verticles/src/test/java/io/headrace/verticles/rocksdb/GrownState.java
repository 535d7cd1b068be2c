/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentMemory;
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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What it costs that a partition has very many segments, keys of a table, and writers of one segment: memory, the time to
 * recover, the time to find something, and what a running checkpoint does to appends. The log is in memory, so what is
 * measured is the partition. A program, started by {@code benchmarks/state}; it prints the rows of a table.
 */
final class GrownState {
    private static final int BATCH = 250;
    private static final int IN_FLIGHT = 16;
    private static final int VALUE_BYTES = 32;
    private static final int WRITERS_OF_CONNECTION = 10_000;
    private static final String PARTITION = "segments-0";
    private static final String TABLE = "table";
    private static final String WRITTEN = "s/written/0.#epoch.0";
    private static final String PIECES = "s/pieces/0.#epoch.0";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path directory;
    private final int segments;
    private final int keys;
    private final int writers;

    /** How often each thing is tried. */
    private final int times;

    private final MemoryLogs logs = new MemoryLogs();

    GrownState(Path directory, int segments, int keys, int writers, int times) {
        this.directory = directory;
        this.segments = segments;
        this.keys = keys;
        this.writers = writers;
        this.times = times;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "grown-state");
        try {
            new GrownState(
                            directory,
                            Integer.parseInt(arguments[1]),
                            Integer.parseInt(arguments[2]),
                            Integer.parseInt(arguments[3]),
                            10_000)
                    .measure();
        } finally {
            LocalDirectory.delete(directory);
        }
    }

    /** A partition on a thread of its own. */
    private final class Served implements AutoCloseable {
        final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        final CompletableFuture<Boolean> serving = new CompletableFuture<>();

        /** Of what the partition does when others have answered, loading of rows and checkpoints: nanoseconds of work. */
        private volatile long longestTurn;

        final RocksCheckpointStore store;
        final Partition<SegmentCommand, SegmentReply> partition;

        final SegmentsMachine machine = new SegmentsMachine(
                PooledByteBufAllocator.DEFAULT,
                LoadOptions.DEFAULT,
                LoadReports.NONE,
                null,
                SegmentMemory.ofIdle(Math.min(32_768, 1 + segments / 10)));

        Served(ChunkStorage chunks, PartitionOptions options) {
            store = new RocksCheckpointStore(directory.resolve("rows"), chunks, Owner.NOWHERE, RocksOptions.DEFAULT);
            Loop loop = new Loop() {
                @Override
                public void execute(Runnable task) {
                    thread.execute(() -> {
                        long begun = THREADS.getCurrentThreadCpuTime();
                        task.run();
                        longestTurn = Math.max(longestTurn, THREADS.getCurrentThreadCpuTime() - begun);
                    });
                }

                @Override
                public boolean inLoop() {
                    return true;
                }
            };
            partition = new Partition<>(
                    PARTITION,
                    machine,
                    logs,
                    store,
                    loop,
                    System::currentTimeMillis,
                    new Random(1),
                    options,
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

    void measure() throws Exception {
        try (ChunkStorage chunks =
                ChunkStorages.open(directory.resolve("chunks").toUri())) {
            try (Served first = new Served(chunks, PartitionOptions.DEFAULT)) {
                first.ask(new SegmentCommand.CreateTable(TABLE, 8, 0)).get();
                first.ask(new SegmentCommand.Create(WRITTEN, 0, 0, 0)).get();
                timed("%,d segments made", segments, () -> createAll(first));
                timed("%,d writers set up, each of which writes once", writers, () -> writeAll(first));
                timed("%,d keys put into a table", keys, () -> putAll(first));
                timed("%,d appends to one segment, each a piece of its own", writers, () -> appendAll(first));
                look(first, "");
                memory(first, "when filled");
                double start = now();
                first.closePartition();
                report("the last checkpoint, nothing else going on", "%.1f s", now() - start);
                report("size of the newest checkpoints in chunks", "%,d MB", size("chunks") >> 20);
            }
            recover(chunks, "with local files");
            LocalDirectory.delete(directory.resolve("rows"));
            recover(chunks, "without local files");
            replay(chunks);
            appends(chunks, "no checkpoint", Long.MAX_VALUE);
            appends(chunks, "a checkpoint begun each second", 1000);
            bind(chunks);
        }
    }

    /** Writers that are bound at the same time. */
    private void bind(ChunkStorage chunks) throws Exception {
        int bound = Math.min(writers, 200_000);
        try (Served served = new Served(chunks, options(Long.MAX_VALUE))) {
            long before = heap();
            all(served, bound, i -> new SegmentCommand.SetupAppend(WRITTEN, writer(i), 1L + i / WRITERS_OF_CONNECTION));
            report(
                    String.format(
                            Locale.ROOT, "heap that %,d writers of one segment take which are bound at a time", bound),
                    "%,d bytes each",
                    (heap() - before) / Math.max(1, bound));
        }
    }

    /** One byte each, so that the log stays small. */
    private void appendAll(Served served) throws Exception {
        served.ask(new SegmentCommand.Create(PIECES, 0, 0, 0)).get();
        served.ask(new SegmentCommand.SetupAppend(PIECES, writer(-2), 1)).get();
        all(
                served,
                writers,
                i -> new SegmentCommand.Append(
                        PIECES,
                        writer(-2),
                        1,
                        i + 1L,
                        1,
                        SegmentCommand.UNCONDITIONAL,
                        Unpooled.wrappedBuffer(new byte[] {(byte) i})));
    }

    /** Looks at the segment of very many pieces, which must be read from its rows for that. */
    private void pieces(Served served) throws Exception {
        double start = now();
        served.longestTurn = 0;
        SegmentReply reply =
                served.ask(new SegmentCommand.Read(PIECES, 1, 1, 1)).get();
        if (writers > 1) {
            assertThat(((SegmentReply.Data) reply).data().readByte()).isEqualTo((byte) 1);
            ((SegmentReply.Data) reply).data().release();
        }
        report(
                String.format(Locale.ROOT, "a segment with %,d pieces is found, then", writers),
                "%.0f ms, no turn had more than %.1f ms of work",
                (now() - start) * 1000,
                served.longestTurn / 1e6);
    }

    /** Recovery from a log that changes as many segments as it has records, none of them in memory. */
    private void replay(ChunkStorage chunks) throws Exception {
        int records = segments / 10;
        try (Served served = new Served(chunks, options(Long.MAX_VALUE))) {
            Random random = new Random(8);
            IntFunction<SegmentCommand> change =
                    i -> new SegmentCommand.UpdatePolicy(name(random.nextInt(segments)), 0, i);
            timed("%,d changes of segments anywhere", records, () -> all(served, records, change));
        }
        double start = now();
        try (Served served = new Served(chunks, options(Long.MAX_VALUE))) {
            report("recovered with these in the log", "%.2f s", now() - start);
            memory(served, "then");
        }
    }

    /** No checkpoint for another reason than time. */
    private static PartitionOptions options(long checkpointMillis) {
        PartitionOptions usual = PartitionOptions.DEFAULT;
        return new PartitionOptions(
                usual.maxFramesInFlight(),
                usual.tailCacheBytes(),
                usual.moreTail(),
                usual.readCacheBytes(),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                checkpointMillis,
                false);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void timed(String what, int count, Step step) throws Exception {
        double start = now();
        step.run();
        double seconds = now() - start;
        report(String.format(Locale.ROOT, what, count), "%.1f s, %,.0f a second", seconds, count / seconds);
    }

    /** Executes commands, some at a time. */
    private static void all(Served served, int count, IntFunction<SegmentCommand> command) throws Exception {
        all(count, i -> served.ask(command.apply(i)));
    }

    private static void all(int count, IntFunction<CompletableFuture<SegmentReply>> step) throws Exception {
        ArrayDeque<CompletableFuture<SegmentReply>> open = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            open.add(step.apply(i));
            if (open.size() == BATCH) {
                check(open.remove());
            }
        }
        while (!open.isEmpty()) {
            check(open.remove());
        }
    }

    private static void check(CompletableFuture<SegmentReply> answer) throws Exception {
        assertThat(answer.get())
                .isInstanceOfAny(
                        SegmentReply.Ok.class,
                        SegmentReply.OfTable.class,
                        SegmentReply.AppendReady.class,
                        SegmentReply.Appended.class);
    }

    private static String name(int number) {
        return "scope/stream-" + number + "/0.#epoch.0";
    }

    private void createAll(Served served) throws Exception {
        all(served, segments, i -> new SegmentCommand.Create(name(i), 0, 0, 0));
    }

    /** Each writer sets up and writes once. No data, so that the log goes. */
    private void writeAll(Served served) throws Exception {
        for (int from = 0; from < writers; from += WRITERS_OF_CONNECTION) {
            int first = from;
            int count = Math.min(WRITERS_OF_CONNECTION, writers - from);
            long connection = 1L + from / WRITERS_OF_CONNECTION;
            all(served, count, i -> new SegmentCommand.SetupAppend(WRITTEN, writer(first + i), connection));
            all(served, count, i -> append(writer(first + i), connection, 7, Unpooled.EMPTY_BUFFER));
            var unused = served.ask(new SegmentCommand.Disconnected(connection));
        }
    }

    private static UUID writer(int number) {
        return new UUID(5, number);
    }

    private static SegmentCommand append(UUID writer, long connection, long number, ByteBuf data) {
        return new SegmentCommand.Append(WRITTEN, writer, connection, number, 1, SegmentCommand.UNCONDITIONAL, data);
    }

    /** How long single appends take, one after the other, while others change what the checkpoints write. */
    private void appends(ChunkStorage chunks, String how, long checkpointMillis) throws Exception {
        try (Served served = new Served(chunks, options(checkpointMillis))) {
            served.ask(new SegmentCommand.SetupAppend(WRITTEN, writer(-1), 1)).get();
            Random random = new Random(5);
            double[] millis = new double[times];
            for (int i = 0; i < times; i++) {
                int number = random.nextInt(Math.max(1, segments));
                var others = List.of(
                        put(served, random.nextInt(Math.max(1, keys)), 20),
                        served.ask(new SegmentCommand.UpdatePolicy(name(number), 0, i)));
                double start = now();
                check(served.ask(append(writer(-1), 1, System.nanoTime(), Unpooled.EMPTY_BUFFER)));
                millis[i] = (now() - start) * 1000;
                for (var each : others) {
                    each.get();
                }
            }
            Arrays.sort(millis);
            report(
                    times + " appends, one after the other, beside changes of segments and keys; " + how,
                    "median %.3f ms, 99 %% below %.2f ms, longest %.1f ms",
                    millis[times / 2],
                    millis[times * 99 / 100],
                    millis[times - 1]);
        }
    }

    private void putAll(Served served) throws Exception {
        ArrayDeque<CompletableFuture<SegmentReply>> open = new ArrayDeque<>();
        for (int from = 0; from < keys; from += BATCH) {
            open.add(put(served, from, Math.min(BATCH, keys - from)));
            if (open.size() == IN_FLIGHT) {
                check(open.remove());
            }
        }
        while (!open.isEmpty()) {
            check(open.remove());
        }
    }

    private CompletableFuture<SegmentReply> put(Served served, int from, int count) {
        List<TableEntry> entries = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            entries.add(new TableEntry(key(i), TableKey.ANY_VERSION, value(i)));
        }
        return served.ask(new SegmentCommand.OnTable(TABLE, new TableCommand.Put(entries, TableCommand.ANY_LENGTH)));
    }

    /** Looks for things one at a time, all over the place. */
    private void look(Served served, String when) throws Exception {
        gets(served, when);
        Random random = new Random(4);
        if (segments > 0) {
            double start = now();
            for (int i = 0; i < times; i++) {
                SegmentReply reply = served.ask(new SegmentCommand.GetInfo(name(random.nextInt(segments))))
                        .get();
                assertThat(reply).isInstanceOf(SegmentReply.Info.class);
            }
            report("a segment anywhere is found" + when, "%.3f ms", (now() - start) * 1000 / times);
        }
        if (writers > 0) {
            double start = now();
            for (int i = 0; i < times; i++) {
                SegmentReply reply = served.ask(
                                new SegmentCommand.GetAttribute(WRITTEN, writer(random.nextInt(writers))))
                        .get();
                assertThat(reply).isEqualTo(new SegmentReply.Attribute(7));
            }
            report("the number of a writer anywhere is found" + when, "%.3f ms", (now() - start) * 1000 / times);
        }
    }

    private void gets(Served served, String when) throws Exception {
        if (keys == 0) {
            return;
        }
        Random random = new Random(3);
        double start = now();
        for (int i = 0; i < times; i++) {
            int number = random.nextInt(keys);
            SegmentReply reply = served.ask(
                            new SegmentCommand.OnTable(TABLE, new TableCommand.Get(List.of(key(number)))))
                    .get();
            TableReply.Entries found = (TableReply.Entries) ((SegmentReply.OfTable) reply).reply();
            assertThat(found.entries().get(0).value().getInt(0)).isEqualTo(number);
        }
        report("a key anywhere is found" + when, "%.3f ms", (now() - start) * 1000 / times);
    }

    private void recover(ChunkStorage chunks, String how) throws Exception {
        double start = now();
        try (Served served = new Served(chunks, PartitionOptions.DEFAULT)) {
            report("recovered " + how, "%.2f s", now() - start);
            pieces(served);
            Random random = new Random(6);
            IntFunction<CompletableFuture<SegmentReply>> puts =
                    i -> put(served, random.nextInt(Math.max(1, keys - 1)), Math.min(1, keys));
            timed("%,d single puts of keys anywhere, the first after that", times, () -> all(times, puts));
            timed("%,d more of them", times, () -> all(times, puts));
            SegmentReply info = served.ask(new SegmentCommand.OnTable(TABLE, new TableCommand.GetInfo()))
                    .get();
            assertThat(((TableReply.Info) ((SegmentReply.OfTable) info).reply()).entries())
                    .isEqualTo(keys);
            look(served, ", then");
            memory(served, "then");
        }
    }

    private long size(String name) throws IOException {
        try (var files = Files.walk(directory.resolve(name))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private void memory(Served served, String when) throws Exception {
        long log = logs.heapBytes(PARTITION);
        report(
                "heap in use " + when + ", without the log that this program keeps there",
                "%,d MB",
                (heap() - log) >> 20);
        report("segments in memory as objects", "%,d", served.machine.hotSegments());
        long resident = resident("VmRSS");
        long files = resident("RssFile");
        report(
                "memory of the whole process " + when,
                "%,d MB, of which %,d MB are files mapped",
                resident >> 20,
                files >> 20);
        long known = knownToTheJvm();
        if (known > 0) {
            report("of that neither the JVM's own nor files", "%,d MB", (resident - files - known) >> 20);
        }
        if (served.machine.rows().base() instanceof RocksBase rows) {
            report(
                    "what RocksDB says that it has " + when,
                    "%,d MB in the cache, of which %,d MB are rows not flushed; %,d MB beside it",
                    served.store.memory().usedBytes() >> 20,
                    rows.database().unflushedBytes() >> 20,
                    rows.database().ownBytes() >> 20);
        }
        String trimmed = diagnose("systemTrimNativeHeap");
        if (!trimmed.isEmpty()) {
            report(
                    "memory of the whole process when the C library has given back what it keeps",
                    "%,d MB",
                    resident("VmRSS") >> 20);
        }
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static long resident(String name) throws IOException {
        return 1024
                * Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(name))
                        .map(line -> line.replaceAll("\\D", ""))
                        .mapToLong(Long::parseLong)
                        .sum();
    }

    /** Executes a diagnostic command; gives nothing where the JVM does not know it. */
    private static String diagnose(String command, String... arguments) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        for (MBeanOperationInfo known : server.getMBeanInfo(commands).getOperations()) {
            if (known.getName().equals(command)) {
                boolean takes = known.getSignature().length > 0;
                return String.valueOf(server.invoke(
                        commands,
                        command,
                        takes ? new Object[] {arguments} : new Object[0],
                        takes ? new String[] {String[].class.getName()} : new String[0]));
            }
        }
        return "";
    }

    /** What the JVM knows that it has of memory, in bytes; 0 unless it was started to keep count of that. */
    private static long knownToTheJvm() throws JMException {
        String summary = diagnose("vmNativeMemory", "summary");
        Matcher total = Pattern.compile("Total: .*committed=(\\d+)KB").matcher(summary);
        return total.find() ? 1024 * Long.parseLong(total.group(1)) : 0;
    }

    private static double now() {
        return System.nanoTime() / 1e9;
    }

    private static void report(String what, String format, Object... values) {
        System.out.println("| " + what + " | " + String.format(Locale.ROOT, format, values) + " |");
    }
}
