/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JournalSimulationTest {

    @Test
    void nothingAcknowledgedIsLostOrRepeated() {
        AtomicLong answers = new AtomicLong();
        AtomicLong payloads = new AtomicLong();
        AtomicLong recoveries = new AtomicLong();
        Seeds.run(200, seed -> {
            JournalSimulation run = new JournalSimulation(seed);
            run.run();
            answers.addAndGet(run.history.answers);
            payloads.addAndGet(run.history.payloads);
            recoveries.addAndGet(run.world.partition.recoveries());
        });
        System.out.println(answers + " answers, " + payloads + " payloads, " + recoveries + " recoveries");
        assertThat(answers.get()).isPositive();
    }
}
