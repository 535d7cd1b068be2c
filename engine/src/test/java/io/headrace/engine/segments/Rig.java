/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.partition.Partition;
import io.headrace.engine.partition.PartitionListener;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A segments machine in a real partition over a {@link MemoryLog}, on a loop that runs when the test says so. */
final class Rig implements AutoCloseable {
    static final long CONNECTION = 1;
    static final UUID WRITER = new UUID(11, 12);

    /** So few that segments become rows and objects again all the time. */
    private static final int HOT_SEGMENTS = 2;

    /** A reply that has arrived; the bytes of a read are copied out and released. */
    static final class Answer implements ReplyTo<SegmentReply> {
        @Nullable
        SegmentReply reply;

        byte @Nullable [] data;

        @Nullable
        String lost;

        @Override
        public void reply(SegmentReply arrived) {
            assertThat(isPending()).as("a second reply: %s", arrived).isTrue();
            reply = arrived;
            if (arrived instanceof SegmentReply.Data read) {
                data = ByteBufUtil.getBytes(read.data());
                read.data().release();
            }
        }

        @Override
        public void lost(String reason) {
            assertThat(isPending()).as("lost after a reply").isTrue();
            lost = reason;
        }

        boolean isPending() {
            return reply == null && lost == null;
        }

        /** What a read returned. */
        String text() {
            byte[] bytes = data;
            if (bytes == null) {
                throw new AssertionError("not data but " + reply + ", lost: " + lost);
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        boolean atTail() {
            return reply instanceof SegmentReply.Data read && read.atTail();
        }

        boolean endOfSegment() {
            return reply instanceof SegmentReply.Data read && read.endOfSegment();
        }
    }

    /** A load that was reported. */
    record Report(String segment, Load load) {}

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    final List<Report> reports = new ArrayList<>();
    final MemoryLog log = new MemoryLog(tasks);
    private final PartitionOptions options;
    long now = 1_000_000;

    SegmentsMachine machine;
    Partition<SegmentCommand, SegmentReply> partition;

    @Nullable
    Throwable lost;

    Rig() {
        this(new PartitionOptions(1024, 8 << 20, 2 << 20, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    Rig(PartitionOptions options) {
        this.options = options;
        machine = newMachine();
        partition = newPartition();
        partition.start();
        run();
    }

    private SegmentsMachine newMachine() {
        return new SegmentsMachine(
                ByteBufAllocator.DEFAULT,
                LoadOptions.DEFAULT,
                (segment, load) -> reports.add(new Report(segment, load)),
                null,
                SegmentMemory.ofIdle(HOT_SEGMENTS));
    }

    private Partition<SegmentCommand, SegmentReply> newPartition() {
        Loop loop = new Loop() {
            @Override
            public void execute(Runnable task) {
                tasks.addLast(task);
            }

            @Override
            public boolean inLoop() {
                return true;
            }
        };
        PartitionListener listener = new PartitionListener() {
            @Override
            public void serving() {}

            @Override
            public void lost(Throwable cause) {
                lost = cause;
            }
        };
        return new Partition<>("segments-0", machine, log, log, loop, () -> now, new Random(1), options, listener);
    }

    /** Runs the loop until it is idle. */
    void run() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    void tick() {
        partition.tick();
        run();
    }

    /** Executes a command and runs the loop until it is idle. */
    Answer ask(SegmentCommand command) {
        Answer answer = new Answer();
        partition.submit(command, answer);
        run();
        assertThat(lost).isNull();
        return answer;
    }

    /** Executes a command that must be answered. */
    SegmentReply get(SegmentCommand command) {
        Answer answer = ask(command);
        if (answer.reply == null) {
            throw new AssertionError("no reply to " + command + ", lost: " + answer.lost);
        }
        return answer.reply;
    }

    /** Makes all frames durable that wait, now and from now on. */
    void resume() {
        log.paused = false;
        log.sync(Integer.MAX_VALUE);
        run();
    }

    /** Ends this owner without notice and starts the next one, from what was durable. */
    void crash() {
        partition.abort("crash");
        log.crash();
        tasks.clear();
        log.paused = false;
        machine = newMachine();
        partition = newPartition();
        partition.start();
        run();
        assertThat(lost).isNull();
    }

    /** Takes a checkpoint and hands over to the next owner. */
    void handOver() {
        partition.close(() -> {});
        run();
        crash();
    }

    SegmentReply create(String segment) {
        return get(new SegmentCommand.Create(segment, 0, 0, 0));
    }

    /** Creates a segment with a writer bound that has not written yet. */
    void open(String segment) {
        assertThat(create(segment)).isEqualTo(SegmentReply.Ok.INSTANCE);
        assertThat(setUp(segment)).isEqualTo(new SegmentReply.AppendReady(SegmentCommand.NO_VALUE));
    }

    SegmentReply setUp(String segment) {
        return get(new SegmentCommand.SetupAppend(segment, WRITER, CONNECTION));
    }

    static SegmentCommand.Append appending(String segment, long eventNumber, String text) {
        return appending(segment, eventNumber, text.getBytes(StandardCharsets.US_ASCII));
    }

    static SegmentCommand.Append appending(String segment, long eventNumber, byte[] bytes) {
        return new SegmentCommand.Append(
                segment,
                WRITER,
                CONNECTION,
                eventNumber,
                1,
                SegmentCommand.UNCONDITIONAL,
                Unpooled.wrappedBuffer(bytes));
    }

    SegmentReply append(String segment, long eventNumber, String text) {
        return get(appending(segment, eventNumber, text));
    }

    Answer read(String segment, long offset) {
        return read(segment, offset, 1 << 20);
    }

    Answer read(String segment, long offset, int maxLength) {
        return ask(new SegmentCommand.Read(segment, offset, maxLength, CONNECTION));
    }

    /** Reads the whole segment from an offset to its end. */
    byte[] readAll(String segment, long offset, long end) {
        byte[] all = new byte[(int) (end - offset)];
        int at = 0;
        while (at < all.length) {
            Answer answer = read(segment, offset + at, all.length - at);
            byte[] data = answer.data;
            if (data == null || data.length == 0) {
                throw new AssertionError("no data at " + (offset + at) + " but " + answer.reply);
            }
            System.arraycopy(data, 0, all, at, data.length);
            at += data.length;
        }
        return all;
    }

    SegmentReply.Info info(String segment) {
        return (SegmentReply.Info) get(new SegmentCommand.GetInfo(segment));
    }

    long attribute(String segment, UUID id) {
        return ((SegmentReply.Attribute) get(new SegmentCommand.GetAttribute(segment, id))).value();
    }

    @Override
    public void close() {
        if (lost == null) {
            partition.abort("end of test");
        }
    }
}
