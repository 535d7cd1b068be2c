/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SegmentsSimulationTest {

    @Test
    void longTermStorageHoldsWhatTheLogHeld() {
        Map<String, Integer> done = new TreeMap<>();
        Seeds.run(100, seed -> {
            SegmentsSimulation run = SegmentsSimulation.tiered(seed);
            run.run();
            if (run.tier != null) {
                run.tier.storage.done.forEach((what, times) -> done.merge(what, times, Integer::sum));
            }
        });
        assertThat(done).containsKeys("identity", "create", "write", "put", "read", "seal", "list", "merge", "delete");
    }

    @Test
    void eventsAreThereOnceInOrderAndUnchanged() {
        long[] totals = new long[3];
        Seeds.run(100, seed -> {
            SegmentsSimulation run = new SegmentsSimulation(seed);
            run.run();
            totals[0] += run.world.history.appends;
            totals[1] += run.world.history.readBytes;
            totals[2] += run.cluster.partition.recoveries();
        });
        assertThat(totals).as("appends, bytes read, recoveries").doesNotContain(0);
    }
}
