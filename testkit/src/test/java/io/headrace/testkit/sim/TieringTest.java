/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.segments.TierLimits;
import io.headrace.engine.segments.TierOptions;
import io.headrace.engine.segments.TierStatus;
import io.headrace.tiering.StorageTraits;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Single moments of data on its way to long-term storage, which random histories seldom meet. */
class TieringTest {
    private static final long MAX_STEPS = 1_000_000;
    private static final UUID WRITER = new UUID(1, 1);
    private static final Faults SLOW = new Faults(2_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Most that is written at once. */
    private static final int WRITE_BYTES = 50_000;

    private static final TierOptions OPTIONS =
            new TierOptions(100_000, 50, 1 << 20, new TierLimits(WRITE_BYTES, 1 << 20, 1 << 20, 4, 4, 60_000, 2));
    private static final StorageTraits FILES = new StorageTraits(true, 1, true, false);

    private final Simulation simulation = new Simulation(9);
    private final SimulatedTier tier = new SimulatedTier(simulation, OPTIONS, FILES);
    private final SimulatedLogStore logs = new SimulatedLogStore(simulation, PooledByteBufAllocator.DEFAULT);
    private final SimulatedPartition<SegmentCommand, SegmentReply> partition = new SimulatedPartition<>(
            simulation,
            "p0",
            logs,
            new SimulatedCheckpointStore(simulation, PooledByteBufAllocator.DEFAULT),
            tier::machine,
            new PartitionOptions(4, 8L << 20, 2L << 20, 1 << 20, 50));

    private final Random random = new Random(3);
    private long number;
    private SimulatedPartition<SegmentCommand, SegmentReply>.Owner owner = start();

    @AfterEach
    void end() {
        partition.crashAll();
        simulation.runUntilIdle(MAX_STEPS);
        partition.checkAnswered();
    }

    private SimulatedPartition<SegmentCommand, SegmentReply>.Owner start() {
        var started = partition.start();
        simulation.runUntil(started::isServing, MAX_STEPS, "serving");
        return started;
    }

    private void restart() {
        owner.crash();
        owner = start();
        ask(new SegmentCommand.SetupAppend("a", WRITER, 1));
    }

    /** The newest answer, with the bytes of a read. */
    private static final class Answer implements ReplyTo<SegmentReply> {
        @Nullable
        SegmentReply reply;

        byte[] data = new byte[0];

        @Override
        public void reply(SegmentReply arrived) {
            reply = arrived;
            if (arrived instanceof SegmentReply.Data read) {
                data = ByteBufUtil.getBytes(read.data());
                read.data().release();
            }
        }

        @Override
        public void lost(String reason) {}
    }

    private Answer send(SegmentCommand command) {
        Answer answer = new Answer();
        owner.submit(command, answer);
        return answer;
    }

    private Answer ask(SegmentCommand command) {
        Answer answer = send(command);
        simulation.runUntil(() -> answer.reply != null, MAX_STEPS, "an answer to " + command);
        return answer;
    }

    private void create(String segment) {
        ask(new SegmentCommand.Create(segment, 0, 0, 0));
        ask(new SegmentCommand.SetupAppend(segment, WRITER, 1));
    }

    private byte[] append(String segment, int bytes) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        SegmentCommand append = new SegmentCommand.Append(
                segment, WRITER, 1, ++number, 1, SegmentCommand.UNCONDITIONAL, Unpooled.wrappedBuffer(data));
        assertThat(ask(append).reply).isInstanceOf(SegmentReply.Appended.class);
        return data;
    }

    private byte[] appendMany(String segment, int count) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(append(segment, 1_000));
        }
        return all.toByteArray();
    }

    private byte[] read(String segment, int from, int length) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < length) {
            byte[] data = ask(new SegmentCommand.Read(segment, from + all.size(), length - all.size(), 1)).data;
            assertThat(data).isNotEmpty();
            all.writeBytes(data);
        }
        return all.toByteArray();
    }

    private void settle() {
        awaitStatus();
        simulation.runUntil(tier::hasSettled, MAX_STEPS, "everything is in chunks");
    }

    /** What the owner said last is true of now. */
    private void awaitStatus() {
        simulation.runFor(200_000);
    }

    private int done(String what) {
        return tier.storage.done.getOrDefault(what, 0);
    }

    /** What is written has begun, and has not ended. */
    private void awaitWriteUnderWay() {
        tier.storage.faults(SLOW);
        int creates = done("create");
        simulation.runUntil(() -> done("create") > creates, MAX_STEPS, "a chunk is created");
        simulation.runUntil(() -> tier.storage.writesUnderWay() > 0, MAX_STEPS, "a write is under way");
    }

    @Test
    void truncationWhileTheDataIsWritten() {
        create("a");
        byte[] data = appendMany("a", 20);
        awaitWriteUnderWay();
        ask(new SegmentCommand.Truncate("a", 5_500));
        settle();
        restart();
        assertThat(read("a", 5_500, 14_500)).isEqualTo(Arrays.copyOfRange(data, 5_500, 20_000));
    }

    @Test
    void mergeWhileTheSourceIsWritten() {
        create("a");
        create("a#transaction.00000000000000000000000000000001");
        byte[] data = appendMany("a#transaction.00000000000000000000000000000001", 20);
        awaitWriteUnderWay();
        ask(new SegmentCommand.MergeBatch("a", List.of("a#transaction.00000000000000000000000000000001")));
        settle();
        restart();
        assertThat(read("a", 0, 20_000)).isEqualTo(data);
    }

    @Test
    void whileTheStorageIsAwayManySegmentsWaitAsRows() {
        tier.storage.away(true);
        List<byte[]> data = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            create("s" + i);
            data.add(append("s" + i, 100));
            owner.tell(new SegmentCommand.Disconnected(1));
        }
        simulation.runFor(1_000_000);
        assertThat(tier.hotSegments()).isLessThan(20);
        owner.crash();
        owner = start();
        simulation.runFor(1_000_000);
        assertThat(tier.hotSegments()).isLessThan(20);
        tier.storage.away(false);
        settle();
        assertThat(tier.storage.names()).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(read("s" + i, 0, 100)).isEqualTo(data.get(i));
        }
    }

    @Test
    void deletionWhileTheDataIsWritten() {
        create("a");
        appendMany("a", 20);
        awaitWriteUnderWay();
        ask(new SegmentCommand.Delete("a"));
        simulation.runUntil(() -> tier.storage.writesUnderWay() == 0, MAX_STEPS, "the write has ended");
        simulation.runUntil(() -> tier.storage.names().isEmpty(), MAX_STEPS, "nothing is left of it");
        settle();
    }

    @Test
    void whatIsLeftOfACrashIsDeleted() {
        create("a");
        byte[] data = appendMany("a", 20);
        awaitWriteUnderWay();
        restart();
        settle();
        assertThat(tier.storage.names()).hasSize(1);
        assertThat(read("a", 0, 20_000)).isEqualTo(data);
    }

    /** An owner that stood still does not know that it was replaced: it writes on until its log refuses it. */
    @Test
    void whatAnOwnerOfOldStillWritesIsNotReadAndIsDeleted() {
        List<String> segments = List.of("a", "b", "c", "d", "e", "f");
        Map<String, byte[]> contents = new HashMap<>();
        for (String segment : segments) {
            create(segment);
            contents.put(segment, appendMany(segment, 20));
        }
        awaitWriteUnderWay();
        var old = owner;
        old.pause(20_000_000);
        simulation.runFor(5_000_000);
        tier.storage.faults(Faults.NONE);
        owner = start();
        settle();
        List<String> known = tier.storage.names();
        int made = done("create") + done("put");

        simulation.runUntil(old::isGone, MAX_STEPS, "the old owner goes on, and learns that it is none");
        simulation.runFor(1_000_000);
        assertThat(done("create") + done("put")).as("what it made after that").isGreaterThan(made);
        assertThat(tier.storage.names()).hasSizeGreaterThan(known.size());
        settle();
        assertThat(tier.storage.names()).isEqualTo(known);
        restart();
        for (String segment : segments) {
            assertThat(read(segment, 0, 20_000)).isEqualTo(contents.get(segment));
        }
    }

    @Test
    void whileTheStorageIsAwayEverythingStaysInTheLog() {
        create("a");
        tier.storage.away(true);
        byte[] data = appendMany("a", 200);
        simulation.runFor(60_000_000);
        assertThat(tier.status().state()).isEqualTo(TierStatus.State.FAILING);
        assertThat(tier.status().waitingBytes()).isEqualTo(200_000);
        assertThat(tier.status().waitingMillis()).isGreaterThan(50_000);
        assertThat(tier.status().problem()).contains("did not answer");
        restart();
        assertThat(read("a", 0, 200_000)).isEqualTo(data);
        awaitStatus();
        assertThat(tier.status().state()).isEqualTo(TierStatus.State.STARTING);
        tier.storage.away(false);
        settle();
        assertThat(read("a", 0, 200_000)).isEqualTo(data);
    }

    /** Else what fell behind would fall further behind: it is read and written in turns then, and what is new is only written. */
    @Test
    void theLogIsReadOnWhileWhatWasReadIsWritten() {
        create("a");
        tier.storage.away(true);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int i = 0; i < 70; i++) {
            data.writeBytes(append("a", WRITE_BYTES));
        }
        restart();
        tier.storage.away(false);
        tier.storage.faults(SLOW);
        int[] reads = new int[1];
        simulation.runUntil(
                () -> {
                    if (tier.storage.writesUnderWay() == 0) {
                        reads[0] = logs.reads();
                    }
                    return logs.reads() > reads[0];
                },
                MAX_STEPS,
                "a read begins while a write is under way");
        tier.storage.faults(Faults.NONE);
        settle();
        assertThat(read("a", 0, data.size())).isEqualTo(data.toByteArray());
    }

    @Test
    void anotherStorageIsNotTouched() {
        create("a");
        appendMany("a", 20);
        settle();
        tier.storage.replace("another");
        restart();
        simulation.runUntil(
                () -> tier.status().state() == TierStatus.State.WRONG_STORAGE, MAX_STEPS, "the wrong one is noticed");
        assertThat(tier.status().problem()).contains("simulated", "another");
        Answer waiting = send(new SegmentCommand.Read("a", 0, 100, 1));
        simulation.runFor(10_000_000);
        assertThat(waiting.reply).as("unreadable is not absent").isNull();
        assertThat(done("delete")).isZero();
    }

    @Test
    void readersOfOneRegionShareItsFetch() {
        create("a");
        byte[] data = appendMany("a", 600);
        settle();
        restart();
        simulation.runFor(1_000_000);
        tier.storage.faults(SLOW);
        int before = done("read");
        Answer[] answers = new Answer[1_000];
        for (int i = 0; i < answers.length; i++) {
            answers[i] = send(new SegmentCommand.Read("a", 300_000, 10_000, i));
        }
        simulation.runUntil(
                () -> Arrays.stream(answers).allMatch(answer -> answer.reply != null), MAX_STEPS, "all answers");
        assertThat(done("read") - before).isEqualTo(1);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.data).isEqualTo(Arrays.copyOfRange(data, 300_000, 310_000)));
    }

    @Test
    void whatHasJustLeftTheLogIsReadFromMemory() {
        create("a");
        byte[] data = appendMany("a", 100);
        settle();
        assertThat(read("a", 0, 100_000)).isEqualTo(data);
        assertThat(done("read")).isZero();
        restart();
        assertThat(read("a", 0, 100_000)).isEqualTo(data);
        assertThat(done("read")).isPositive();
    }

    @Test
    void smallChunksBecomeOne() {
        create("a");
        byte[] data = new byte[0];
        for (int i = 0; i < 6; i++) {
            byte[] more = appendMany("a", 3);
            data = Arrays.copyOf(data, data.length + more.length);
            System.arraycopy(more, 0, data, data.length - more.length, more.length);
            settle();
            restart();
        }
        simulation.runUntil(() -> tier.hasSettled() && done("merge") > 0, MAX_STEPS, "they are joined");
        assertThat(tier.storage.names()).hasSizeLessThan(4);
        assertThat(read("a", 0, data.length)).isEqualTo(data);
    }
}
