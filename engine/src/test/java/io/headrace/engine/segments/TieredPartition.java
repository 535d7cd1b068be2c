/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.tiering.ChunkStorage;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A partition over a log in memory and a real long-term storage, whose answers come from threads of its own. The loop runs
 * on the test's thread, while the test waits. Remembers what was acknowledged.
 */
final class TieredPartition implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;
    static final long BLOCKS_BYTES = 4 << 20;
    static final TierOptions OPTIONS =
            new TierOptions(64 << 10, 20, 1 << 20, new TierLimits(256 << 10, 512 << 10, 1 << 20, 4, 2, 200, 3));

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final MemoryLog log = new MemoryLog(tasks);
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private @Nullable ChunkStorage storage;
    private final TierOptions options;
    private final MemoryBudget blocks;
    private final Random random = new Random(7);
    private final Map<String, ByteArrayOutputStream> contents = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    TierStatus status = TierStatus.NEW;
    private Partition<SegmentCommand, SegmentReply> partition;
    private boolean serving;

    TieredPartition(@Nullable ChunkStorage storage) {
        this(storage, OPTIONS, Tier.blocks(BLOCKS_BYTES, 1));
    }

    TieredPartition(@Nullable ChunkStorage storage, TierOptions options, MemoryBudget blocks) {
        this.storage = storage;
        this.options = options;
        this.blocks = blocks;
        partition = start();
    }

    private Partition<SegmentCommand, SegmentReply> start() {
        serving = false;
        status = TierStatus.NEW;
        Loop loop = new Loop() {
            @Override
            public void execute(Runnable task) {
                tasks.add(task);
            }

            @Override
            public boolean inLoop() {
                return true;
            }
        };
        PartitionListener listener = new PartitionListener() {
            @Override
            public void serving() {
                serving = true;
            }

            @Override
            public void lost(Throwable cause) {
                throw new AssertionError("the partition is lost", cause);
            }
        };
        Rig.Answer nobody = new Rig.Answer();
        SegmentsMachine machine = new SegmentsMachine(
                allocator,
                LoadOptions.DEFAULT,
                LoadReports.NONE,
                new Tier(
                        "segments-0",
                        storage,
                        tasks::add,
                        command -> tasks.add(() -> partition.submit(command, nobody)),
                        options,
                        blocks,
                        now -> status = now),
                SegmentMemory.ofIdle(2));
        PartitionOptions bounds = new PartitionOptions(4, 8 << 20, 2 << 20, 1 << 20, 1000);
        Partition<SegmentCommand, SegmentReply> fresh = new Partition<>(
                "segments-0", machine, log, log, loop, System::currentTimeMillis, new Random(1), bounds, listener);
        partition = fresh;
        fresh.start();
        until("it serves", () -> serving);
        return fresh;
    }

    /** Runs the loop until something holds. */
    void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        long nextTick = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never happened: " + what + "; " + status);
            }
            if (System.nanoTime() >= nextTick && serving) {
                partition.tick();
                nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
            }
            Runnable task;
            try {
                task = tasks.poll(5, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (task != null) {
                task.run();
            }
        }
    }

    /** Ends this owner without notice and starts the next one. */
    void crash() {
        partition.abort("crash");
        log.crash();
        partition = start();
    }

    /** The same; the next owner has another storage, or none. */
    void crashInto(@Nullable ChunkStorage next) {
        storage = next;
        crash();
    }

    /** Submits a command without waiting for the answer. */
    Rig.Answer begin(SegmentCommand command) {
        Rig.Answer answer = new Rig.Answer();
        partition.submit(command, answer);
        return answer;
    }

    Rig.Answer ask(SegmentCommand command) {
        Rig.Answer answer = begin(command);
        until("an answer to " + command, () -> !answer.isPending());
        assertThat(answer.lost).isNull();
        return answer;
    }

    private ByteArrayOutputStream content(String segment) {
        return Objects.requireNonNull(contents.get(segment));
    }

    void open(String segment) {
        if (!contents.containsKey(segment)) {
            ask(new SegmentCommand.Create(segment, 0, 0, 0));
            contents.put(segment, new ByteArrayOutputStream());
        }
        ask(new SegmentCommand.SetupAppend(segment, Rig.WRITER, Rig.CONNECTION));
    }

    void append(String segment, int bytes) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        long number = numbers.merge(segment, 1L, Long::sum);
        assertThat(ask(Rig.appending(segment, number, data)).reply).isInstanceOf(SegmentReply.Appended.class);
        content(segment).writeBytes(data);
    }

    void merge(String target, String source) {
        assertThat(ask(new SegmentCommand.MergeBatch(target, List.of(source))).reply)
                .isInstanceOf(SegmentReply.Merged.class);
        content(target).writeBytes(content(source).toByteArray());
        contents.remove(source);
    }

    /** Everything that was acknowledged, from an offset, must be read. */
    void check(String segment, int from) {
        byte[] expected = expected(segment);
        int at = from;
        while (at < expected.length) {
            Rig.Answer answer = ask(new SegmentCommand.Read(segment, at, 1 << 20, Rig.CONNECTION));
            byte[] data = answer.data;
            if (data == null) {
                throw new AssertionError("no data at " + at + " but " + answer.reply);
            }
            for (int i = 0; i < data.length; i++) {
                if (data[i] != expected[at + i]) {
                    throw new AssertionError("the byte at " + (at + i) + " of " + segment + " is another one");
                }
            }
            at += data.length;
        }
    }

    /** What was acknowledged. */
    byte[] expected(String segment) {
        return content(segment).toByteArray();
    }

    /** Memory that the state machine holds for data. */
    long memoryBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    int length(String segment) {
        return content(segment).size();
    }

    void untilFlushed() {
        until(
                "all is in chunks",
                () -> status.state() == TierStatus.State.RUNNING && status.waitingBytes() == 0 && status.chunks() > 0);
    }

    /** The oldest frame that the log still has. */
    long firstFrame() {
        return log.firstFrame();
    }

    @Override
    public void close() {
        partition.abort("end of test");
    }
}
