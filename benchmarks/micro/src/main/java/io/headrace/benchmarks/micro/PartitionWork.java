/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks.micro;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.SegmentsMachine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An append block from command to released reply, and a read of it at the tail: execute, frame, apply, cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PartitionWork {
    private static final String SEGMENT = "scope/stream/0.#epoch.0";
    private static final UUID WRITER = new UUID(1, 2);
    private static final int CONNECTION = 1;

    /** Pieces of the segment that are kept, so that its list does not grow with the run. */
    private static final int BLOCKS_KEPT = 64;

    @Param({"1024", "65536"})
    public int bytes;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Answer answer = new Answer();
    private final Partition<SegmentCommand, SegmentReply> partition = partition();
    private ByteBuf data = Unpooled.EMPTY_BUFFER;
    private long number;
    private long length;

    /** What was answered last. */
    private static final class Answer implements ReplyTo<SegmentReply> {
        private SegmentReply reply = new SegmentReply.Ok();

        @Override
        public void reply(SegmentReply given) {
            reply = given;
        }

        @Override
        public void lost(String reason) {
            throw new IllegalStateException(reason);
        }
    }

    private Partition<SegmentCommand, SegmentReply> partition() {
        InstantLog log = new InstantLog();
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
        PartitionOptions usual = PartitionOptions.DEFAULT;
        PartitionOptions withoutCheckpoints = new PartitionOptions(
                usual.maxFramesInFlight(),
                usual.tailCacheBytes(),
                MemoryBudget.NONE,
                usual.readCacheBytes(),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                true);
        return new Partition<>(
                "segments-0",
                new SegmentsMachine(PooledByteBufAllocator.DEFAULT),
                log,
                log,
                loop,
                System::currentTimeMillis,
                new Random(1),
                withoutCheckpoints,
                new PartitionListener() {
                    @Override
                    public void serving() {}

                    @Override
                    public void lost(Throwable cause) {
                        throw new IllegalStateException(cause);
                    }
                });
    }

    @Setup(Level.Trial)
    public void begin() {
        data = Unpooled.directBuffer(bytes).writeZero(bytes);
        partition.start();
        runTasks();
        ask(new SegmentCommand.Create(SEGMENT, 0, 0, 0));
        ask(new SegmentCommand.SetupAppend(SEGMENT, WRITER, CONNECTION));
        append();
    }

    @Benchmark
    public SegmentReply append() {
        length += bytes;
        if (++number % BLOCKS_KEPT == 0) {
            ask(new SegmentCommand.Truncate(SEGMENT, length - bytes));
        }
        return ask(
                new SegmentCommand.Append(SEGMENT, WRITER, CONNECTION, number, 1, SegmentCommand.UNCONDITIONAL, data));
    }

    @Benchmark
    public int readAtTail() {
        SegmentReply.Data read =
                (SegmentReply.Data) ask(new SegmentCommand.Read(SEGMENT, length - bytes, bytes, CONNECTION));
        int readable = read.data().readableBytes();
        read.data().release();
        return readable;
    }

    private SegmentReply ask(SegmentCommand command) {
        partition.submit(command, answer);
        runTasks();
        return answer.reply;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
