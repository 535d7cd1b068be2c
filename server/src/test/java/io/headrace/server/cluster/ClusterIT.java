/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes of a cluster come and go in every way, and nothing is lost, repeated, torn, or reordered. */
final class ClusterIT {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);

    /** How long {@link #manyFaults} goes on; without it that is left out. */
    private static final String MINUTES = "headrace.faults.minutes";

    private static final String SEED = "headrace.faults.seed";
    private static final Path REPORT = Path.of("target", "faults.md");

    /** The line of a node that lives and has nothing. */
    private static final Pattern DRAINED = Pattern.compile("(?m)^node-0 +\\S+ +drain +\\S+ *$");

    /** What the processes have said stays if something is wrong. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path temporary;

    @Test
    @Timeout(1_200)
    void whateverEndsTheClusterGoesOn() throws Exception {
        try (TestCluster cluster = TestCluster.start(temporary);
                HeadraceClient writing = cluster.connect();
                HeadraceClient looking = cluster.connect();
                Traffic traffic = new Traffic(writing, looking)) {
            traffic.start();
            traffic.awaitProgress();
            FaultRun run = new FaultRun(cluster, traffic, LOG::info);

            run.befall(Fault.KILLED_NODE, Party.node(0));
            run.befall(Fault.KILLED_ZOOKEEPER, Party.zooKeeper(2));
            run.befall(Fault.STOPPED_NODE, Party.node(1));
            run.befall(Fault.KILLED_BOOKIE, Party.bookie(0));
            run.befall(Fault.ISOLATED_NODE, Party.node(2));
            run.befall(Fault.NODE_WITHOUT_ZOOKEEPER, Party.node(0));
            run.befall(Fault.NODE_DEAF_TO_ZOOKEEPER, Party.node(1));
            run.befall(Fault.MUTE_NODE, Party.node(2));
            run.befall(Fault.NODE_WITHOUT_HAZELCAST, Party.node(1));
            run.befall(Fault.SLOW_NODE, Party.node(0));
            run.restartAllNodes();

            assertThat(cluster.command("drain", "node-0")).contains("node-0 gives away its partitions");
            while (!DRAINED.matcher(cluster.command("status")).find()) {
                traffic.awaitProgress();
            }
            traffic.awaitProgress();
            assertThat(cluster.refused("--segments-partitions", "7"))
                    .contains("segments-partitions is 4 in this cluster");
            traffic.check();
        }
    }

    /** Faults in any order for as long as one likes; the report stays. */
    @Test
    @EnabledIfSystemProperty(named = MINUTES, matches = "[1-9][0-9]*")
    void manyFaults() throws Exception {
        long seed = Long.getLong(SEED, System.nanoTime());
        Files.writeString(
                REPORT, "# Faults, seed " + seed + "\n\n| what | seconds | longest pauses, in ms |\n|---|---|---|\n");
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Integer.getInteger(MINUTES));
        Random random = new Random(seed);
        try (TestCluster cluster = TestCluster.start(temporary);
                HeadraceClient writing = cluster.connect();
                HeadraceClient looking = cluster.connect();
                Traffic traffic = new Traffic(writing, looking)) {
            traffic.start();
            traffic.awaitProgress();
            FaultRun run = new FaultRun(cluster, traffic, ClusterIT::report);
            while (System.nanoTime() < end) {
                List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
                Collections.shuffle(faults, random);
                for (Fault fault : faults) {
                    run.befall(fault, new Party(fault.kind, random.nextInt(Party.OF_A_KIND)));
                }
                run.restartAllNodes();
            }
            traffic.check();
            report("\nEverything added up: " + traffic.totals() + ".");
        } catch (Exception | AssertionError e) {
            report("\nFailed: " + e);
            throw e;
        }
    }

    private static void report(String line) {
        try {
            Files.writeString(REPORT, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
