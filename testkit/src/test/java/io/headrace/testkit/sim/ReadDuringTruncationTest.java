/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.partition.ReplyTo;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadDuringTruncationTest {
    private static final long MAX_STEPS = 10_000;
    private static final Faults VERY_SLOW = new Faults(20_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Simulation simulation = new Simulation(6);
    private final SimulatedLogStore logs = new SimulatedLogStore(simulation, PooledByteBufAllocator.DEFAULT);
    private final SimulatedCheckpointStore checkpoints =
            new SimulatedCheckpointStore(simulation, PooledByteBufAllocator.DEFAULT);
    private final SimulatedPartition<JournalCommand, JournalReply> partition = new SimulatedPartition<>(
            simulation,
            "p0",
            logs,
            checkpoints,
            () -> new JournalMachine(what -> {
                throw simulation.violation(what);
            }),
            new PartitionOptions(1, 8L << 20, 2L << 20, 1 << 20, 5));

    private final List<JournalReply> replies = new ArrayList<>();

    @Test
    void readOfWhatIsTruncatedMeanwhileDoesNotCostThePartition() {
        var first = partition.start();
        simulation.runUntil(first::isServing, MAX_STEPS, "serving");
        for (int operation = 1; operation <= 10; operation++) {
            ask(first, new JournalCommand.Add(1, operation, 1, 100));
            simulation.runFor(100_000);
        }
        first.crash();
        var second = partition.start();
        simulation.runUntil(second::isServing, MAX_STEPS, "serving");
        simulation.runFor(5_000);
        replies.clear();

        logs.faults(VERY_SLOW);
        ask(second, new JournalCommand.ReadBack(1));
        simulation.runFor(1_000);
        logs.faults(Faults.NONE);
        ask(second, new JournalCommand.Trim(Long.MAX_VALUE));
        for (int operation = 11; operation <= 20; operation++) {
            ask(second, new JournalCommand.Add(1, operation, 1, 100));
            simulation.runFor(100_000);
        }
        assertThat(logs.firstFrame("p0")).isGreaterThan(1);
        simulation.runFor(30_000_000);

        assertThat(second.isServing()).isTrue();
        assertThat(replies).hasAtLeastOneElementOfType(JournalReply.Missing.class);
        partition.crashAll();
        simulation.runUntilIdle(MAX_STEPS);
        partition.checkAnswered();
    }

    private void ask(SimulatedPartition<JournalCommand, JournalReply>.Owner owner, JournalCommand command) {
        owner.submit(command, new ReplyTo<>() {
            @Override
            public void reply(JournalReply reply) {
                replies.add(reply);
            }

            @Override
            public void lost(String reason) {}
        });
    }
}
