/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.testkit.sim.Seeds;
import org.junit.jupiter.api.Test;

class StreamsSimulationTest {

    @Test
    void streamsKeepTheirPromises() {
        long[] totals = new long[8];
        Seeds.run(250, seed -> {
            StreamsSimulation run = new StreamsSimulation(seed);
            run.run();
            totals[0] += run.world.told.answers;
            totals[1] += run.world.history.appends;
            totals[2] += run.world.history.readBytes;
            totals[3] += run.world.history.merges;
            totals[4] += run.world.told.notes;
            totals[5] += run.world.told.watermarked;
            totals[6] += run.world.told.retained;
            totals[7] += run.world.told.decisions;
        });
        assertThat(totals)
                .as("answers, appends, bytes read, merges, notes, streams with watermarks and retention, decisions")
                .doesNotContain(0);
    }

    /** Also after other runs: nothing may depend on what the process has done before. */
    @Test
    void theSameSeedGivesTheSameRun() {
        Seeds.counting(() -> {
            for (long seed = 3; seed <= 6; seed++) {
                StreamsSimulation first = new StreamsSimulation(seed);
                first.run();
                StreamsSimulation second = new StreamsSimulation(seed);
                second.run();

                assertThat(second.simulation.steps()).isEqualTo(first.simulation.steps());
                assertThat(second.simulation.micros()).isEqualTo(first.simulation.micros());
                for (int i = 0; i < first.world.streams.size(); i++) {
                    assertThat(second.world.streams.get(i).replayAll())
                            .isEqualTo(first.world.streams.get(i).replayAll());
                }
            }
        });
    }
}
