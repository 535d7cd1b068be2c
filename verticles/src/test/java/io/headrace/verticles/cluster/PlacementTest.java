/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import static io.headrace.verticles.cluster.Nodes.node;
import static io.headrace.verticles.cluster.Nodes.partitions;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    @Test
    void everyPartitionHasANodeAndSharesAreEven() {
        for (int nodes = 1; nodes < 8; nodes++) {
            for (int count : new int[] {1, 4, 7, 64, 100}) {
                Map<String, Integer> shares = shares(Placement.of(partitions("p", count), cluster(nodes)));
                int sum = shares.values().stream().mapToInt(Integer::intValue).sum();
                assertThat(sum).isEqualTo(count);
                int most = Collections.max(shares.values());
                int least = shares.size() < nodes ? 0 : Collections.min(shares.values());
                assertThat(most - least).as("%d on %d", count, nodes).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void sharesFollowWeights() {
        List<NodeInfo> nodes = List.of(node("a", 1), node("b", 2), node("c", 1), node("none", 0));
        assertThat(shares(Placement.of(partitions("p", 64), nodes))).isEqualTo(Map.of("a", 16, "b", 32, "c", 16));
    }

    @Test
    void littleMovesWhenANodeComesOrGoes() {
        List<String> partitions = partitions("p", 60);
        for (int nodes = 2; nodes < 8; nodes++) {
            Map<String, String> few = Placement.of(partitions, cluster(nodes));
            Map<String, String> more = Placement.of(partitions, cluster(nodes + 1));
            long moved = partitions.stream()
                    .filter(partition -> !Objects.equals(few.get(partition), more.get(partition)))
                    .count();
            assertThat(moved)
                    .as("%d nodes and one", nodes)
                    .isGreaterThanOrEqualTo(60 / (nodes + 1))
                    .isLessThanOrEqualTo(2L * 60 / (nodes + 1));
        }
    }

    @Test
    void theOrderInWhichThingsAreKnownDoesNotMatter() {
        List<String> partitions = new ArrayList<>(partitions("p", 32));
        List<NodeInfo> nodes = new ArrayList<>(cluster(5));
        Map<String, String> placed = Placement.of(partitions, nodes);
        Collections.shuffle(partitions, new Random(1));
        Collections.shuffle(nodes, new Random(1));
        assertThat(Placement.of(partitions, nodes)).isEqualTo(placed);
    }

    /** Nodes of two versions must agree. */
    @Test
    void theFunctionIsFixed() {
        assertThat(Placement.of(partitions("segments", 6), cluster(3)))
                .isEqualTo(Map.of(
                        "segments-0", "node-0",
                        "segments-1", "node-2",
                        "segments-2", "node-0",
                        "segments-3", "node-1",
                        "segments-4", "node-2",
                        "segments-5", "node-1"));
    }

    @Test
    void withoutNodesNothingIsPlaced() {
        assertThat(Placement.of(partitions("p", 3), List.of())).isEmpty();
        assertThat(Placement.of(partitions("p", 3), List.of(node("a", 0)))).isEmpty();
    }

    private static List<NodeInfo> cluster(int nodes) {
        List<NodeInfo> cluster = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            cluster.add(node("node-" + i, 1));
        }
        return cluster;
    }

    private static Map<String, Integer> shares(Map<String, String> placed) {
        Map<String, Integer> shares = new HashMap<>();
        placed.values().forEach(node -> shares.merge(node, 1, Integer::sum));
        return shares;
    }
}
