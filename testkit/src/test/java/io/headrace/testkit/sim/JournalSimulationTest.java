/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JournalSimulationTest {

    @Test
    void nothingAcknowledgedIsLostOrRepeated() {
        long[] totals = new long[3];
        Seeds.run(200, seed -> {
            JournalSimulation run = new JournalSimulation(seed);
            run.run();
            totals[0] += run.history.answers;
            totals[1] += run.history.payloads;
            totals[2] += run.world.partition.recoveries();
        });
        assertThat(totals).as("answers, payloads read, recoveries").doesNotContain(0);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        JournalSimulation first = new JournalSimulation(5);
        first.run();
        JournalSimulation second = new JournalSimulation(5);
        second.run();

        assertThat(second.simulation.steps()).isEqualTo(first.simulation.steps());
        assertThat(second.simulation.micros()).isEqualTo(first.simulation.micros());
        assertThat(second.history.chains).isEqualTo(first.history.chains);
        assertThat(second.world.partition.replayAll()).isEqualTo(first.world.partition.replayAll());
    }
}
