/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code headrace cluster ...}: looks at a cluster, and moves partitions. Blocks. */
final class ClusterCommands {
    private static final int MILLIS = 10_000;

    private final String zooKeeper;
    private final PrintStream out;

    /**
     * Commands for one cluster.
     *
     * @param zooKeeper servers of its ZooKeeper ensemble
     */
    ClusterCommands(String zooKeeper, PrintStream out) {
        this.zooKeeper = zooKeeper;
        this.out = out;
    }

    /** Prints who lives and who has what. */
    void status() throws InterruptedException {
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, MILLIS)) {
            var facts = admin.facts()
                    .orElseThrow(() ->
                            new StartException("no node has ever started with this ZooKeeper: there is no cluster"));
            ClusterView view = admin.view();
            out.printf("cluster %s: %d nodes%n%n", facts.id(), view.nodes().size());
            Map<String, List<String>> owned = new TreeMap<>();
            view.owners().forEach((partition, node) -> owned.computeIfAbsent(node, key -> new ArrayList<>())
                    .add(partition));
            out.printf("%-20s %-26s %6s  %-22s %s%n", "NODE", "ROLES", "WEIGHT", "CONTROLLER", "PARTITIONS");
            new TreeMap<>(view.nodes()).values().forEach(node -> print(node, owned.getOrDefault(node.id(), List.of())));
            int partitions = facts.segmentsPartitions() + facts.streamsPartitions();
            out.printf("%n%d of %d partitions have an owner%n", view.owners().size(), partitions);
        }
    }

    private void print(NodeInfo node, List<String> partitions) {
        String roles = node.roles().stream().sorted().map(Role::text).collect(Collectors.joining(","));
        String weight = node.weight() == 0 ? "drain" : Integer.toString(node.weight());
        out.printf(
                "%-20s %-26s %6s  %-22s %s%n",
                node.id(),
                roles,
                weight,
                node.controller(),
                partitions.stream().sorted().collect(Collectors.joining(" ")));
    }

    /**
     * Changes how much a node takes, until it is started anew.
     *
     * @param weight 0 to take everything away
     * @throws StartException if there is no such node
     */
    void weigh(String node, int weight) throws InterruptedException {
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, MILLIS)) {
            if (!admin.weigh(node, weight)) {
                throw new StartException("there is no node " + node + " at present; there are: "
                        + String.join(", ", new TreeMap<>(admin.view().nodes()).keySet()));
            }
            out.println(
                    weight == 0
                            ? node + " gives away its partitions; see headrace cluster status"
                            : node + " weighs " + weight + " now");
        }
    }
}
