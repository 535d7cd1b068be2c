/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.MemoryBudget;
import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmedReplyTest {
    private static final long MAX_STEPS = 10_000;

    private final Simulation simulation = new Simulation(7);
    private final SimulatedLogStore logs = new SimulatedLogStore(simulation, PooledByteBufAllocator.DEFAULT);
    private final SimulatedCheckpointStore checkpoints =
            new SimulatedCheckpointStore(simulation, PooledByteBufAllocator.DEFAULT);
    private final List<JournalReply> replies = new ArrayList<>();

    @Test
    void waitsForAFrameWhereTheOwnerMayHaveBeenReplaced() {
        assertThat(framesForMissing(false)).isEqualTo(1);
    }

    @Test
    void costsNothingWhereItCannot() {
        assertThat(framesForMissing(true)).isZero();
    }

    /** Frames that an idle partition logs to say that something is missing. */
    private long framesForMissing(boolean soleOwner) {
        var partition = new SimulatedPartition<JournalCommand, JournalReply>(
                simulation,
                "p0",
                logs,
                checkpoints,
                () -> new JournalMachine(what -> {
                    throw simulation.violation(what);
                }),
                new PartitionOptions(
                        1, 8L << 20, MemoryBudget.NONE, 2L << 20, 1 << 20, 50_000, 1 << 20, 600_000, soleOwner));
        // The machine logs something now and then, as time passes: not in this test.
        partition.tickSlowly(1_000);
        var owner = partition.start();
        simulation.runUntil(owner::isServing, MAX_STEPS, "serving");
        simulation.runFor(1_000_000);
        long before = logs.durableFrame("p0");
        owner.submit(new JournalCommand.ReadBack(1), new ReplyTo<>() {
            @Override
            public void reply(JournalReply reply) {
                replies.add(reply);
            }

            @Override
            public void lost(String reason) {}
        });
        simulation.runFor(1_000_000);
        assertThat(replies).hasOnlyElementsOfType(JournalReply.Missing.class).hasSize(1);
        long frames = logs.durableFrame("p0") - before;
        partition.crashAll();
        simulation.runUntilIdle(MAX_STEPS);
        partition.checkAnswered();
        return frames;
    }
}
