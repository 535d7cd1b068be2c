/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TablesSimulationTest {

    @Test
    void changesAndLooksAtKeysAreLinearizable() {
        long[] totals = new long[3];
        Seeds.run(50, seed -> {
            TablesSimulation run = new TablesSimulation(seed);
            run.run();
            totals[0] += run.world.size();
            totals[1] += run.world.unanswered;
            totals[2] += run.cluster.partition.recoveries();
        });
        assertThat(totals).as("calls, unanswered calls, recoveries").doesNotContain(0);
    }
}
