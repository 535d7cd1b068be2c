/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.verticles.cluster.Clocks;
import io.headrace.verticles.cluster.ClusterFacts;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Placement;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code headrace cluster ...}: looks at a cluster, and moves partitions. Blocks. */
final class ClusterCommands {
    private static final int MILLIS = 10_000;
    private static final int POLL_MILLIS = 200;
    private static final long STUCK_NANOS = TimeUnit.MINUTES.toNanos(1);

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
            ClusterFacts facts = facts(admin);
            ClusterView view = admin.view();
            out.printf("cluster %s: %d nodes%n%n", facts.id(), view.nodes().size());
            Map<String, List<String>> owned = new TreeMap<>();
            view.owners().forEach((partition, node) -> owned.computeIfAbsent(node, key -> new ArrayList<>())
                    .add(partition));
            out.printf("%-20s %-26s %6s  %-22s %s%n", "NODE", "ROLES", "WEIGHT", "CONTROLLER", "PARTITIONS");
            new TreeMap<>(view.nodes()).values().forEach(node -> print(node, owned.getOrDefault(node.id(), List.of())));
            int partitions = facts.segmentsPartitions() + facts.streamsPartitions();
            out.printf("%n%d of %d partitions have an owner%n", view.owners().size(), partitions);
            int moves = misplaced(facts, view).size();
            if (moves > 0) {
                out.printf("%d of them should be elsewhere, and move%n", moves);
            }
            new TreeMap<>(admin.reports()).forEach(this::print);
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
     * Follows the partitions to where they should be. Nodes move them by themselves, a few at a time: there is nothing to set
     * off, and everything to see.
     *
     * @return false if nothing has moved for a while and something should have
     */
    boolean rebalance() throws InterruptedException {
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, MILLIS)) {
            ClusterFacts facts = facts(admin);
            Map<String, String> before = Map.of();
            long deadline = System.nanoTime() + STUCK_NANOS;
            while (true) {
                Map<String, String> moves = misplaced(facts, admin.view());
                if (moves.isEmpty()) {
                    out.println("every partition is where it should be");
                    return true;
                }
                if (!moves.equals(before)) {
                    moves.forEach((partition, move) -> out.println(partition + ": " + move));
                    out.printf("%d to move%n", moves.size());
                    before = moves;
                    deadline = System.nanoTime() + STUCK_NANOS;
                } else if (System.nanoTime() > deadline) {
                    out.println("nothing has moved for a minute: the logs of those nodes say why");
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    /** What should move, by partition: from where, and to where. */
    static Map<String, String> misplaced(ClusterFacts facts, ClusterView view) {
        Map<String, String> targets = new TreeMap<>();
        targets.putAll(
                Placement.of(NodePartitions.segmentsNames(facts.segmentsPartitions()), view.nodesThatAre(Role.STORE)));
        targets.putAll(Placement.of(
                NodePartitions.streamsNames(facts.streamsPartitions()), view.nodesThatAre(Role.CONTROLLER)));
        Map<String, String> moves = new TreeMap<>();
        targets.forEach((partition, target) -> {
            String owner = view.owners().getOrDefault(partition, "nobody");
            if (!owner.equals(target)) {
                moves.put(partition, owner + " -> " + target);
            }
        });
        return moves;
    }

    private static ClusterFacts facts(ClusterAdmin admin) throws InterruptedException {
        return admin.facts()
                .orElseThrow(
                        () -> new StartException("no node has ever started with this ZooKeeper: there is no cluster"));
    }

    private void print(String node, ClusterAdmin.Noticed noticed) {
        if (Clocks.differ(noticed.aheadMillis())) {
            out.printf("warning: the clock of %s %s%n", node, Clocks.difference(noticed.aheadMillis()));
        }
        new TreeMap<>(noticed.unreachable())
                .forEach((other, reason) -> out.printf(
                        "warning: %s cannot reach %s at the address that it advertises for its event bus, %s%n",
                        node, other, reason));
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
