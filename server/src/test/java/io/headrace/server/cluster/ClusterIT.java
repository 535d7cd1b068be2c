/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.server.ServerProcess;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and bookies of a cluster come and go in every way, and nothing is lost, repeated or reordered. */
@Timeout(600)
final class ClusterIT {
    /** The line of a node that lives and has nothing. */
    private static final Pattern DRAINED = Pattern.compile("(?m)^node-0 +\\S+ +drain +\\S+ *$");

    @TempDir
    Path temporary;

    @Test
    void whateverEndsTheClusterGoesOn() throws Exception {
        try (TestCluster cluster = TestCluster.start(temporary);
                HeadraceClient client = cluster.connect();
                Traffic traffic = new Traffic(client)) {
            traffic.start();
            traffic.awaitProgress();

            cluster.node(0).kill();
            traffic.awaitProgress();
            cluster.startNode(0);
            cluster.node(0).awaitReadyLine();
            traffic.awaitProgress();

            ServerProcess stopped = cluster.node(1);
            stopped.signal("STOP");
            traffic.awaitProgress();
            stopped.signal("CONT");
            traffic.awaitProgress();

            cluster.bookie(0).kill();
            traffic.awaitProgress();
            cluster.startBookie(0);

            cluster.node(2).terminate();
            traffic.awaitProgress();
            cluster.node(2).awaitEnd();
            cluster.startNode(2);
            cluster.node(2).awaitReadyLine();
            traffic.awaitProgress();

            assertThat(cluster.command("drain", "node-0")).contains("node-0 gives away its partitions");
            while (!DRAINED.matcher(cluster.command("status")).find()) {
                traffic.awaitProgress();
            }
            traffic.awaitProgress();

            assertThat(cluster.refused("--segments-partitions", "7"))
                    .contains("segments-partitions is 4 in this cluster");
            traffic.check();
            assertThat(stopped.isAlive())
                    .as("the node that was stopped for a while")
                    .isTrue();
        }
    }
}
