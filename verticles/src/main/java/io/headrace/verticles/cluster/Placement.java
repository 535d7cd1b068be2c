/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which node is to have which partition: a function that every node computes for itself. Weighted rendezvous hashing
 * ("highest random weight", Thaler and Ravishankar 1998) with bounded loads: each partition goes to the node that it likes
 * best of those that have room. So shares are as even as weights allow, and when a node comes or goes little else moves.
 */
public final class Placement {
    private Placement() {}

    /**
     * Places the partitions of one kind.
     *
     * @param partitions their names
     * @param nodes those that may have any; of weight 0 they get none
     * @return node ids by partition; empty if there is no node for them
     */
    public static Map<String, String> of(Collection<String> partitions, Collection<NodeInfo> nodes) {
        List<NodeInfo> candidates = nodes.stream()
                .filter(node -> node.weight() > 0)
                .sorted(Comparator.comparing(NodeInfo::id))
                .toList();
        Map<String, String> placed = new TreeMap<>();
        if (candidates.isEmpty()) {
            return placed;
        }
        Room room = new Room(partitions.size(), candidates);
        for (String partition : partitions.stream().sorted().toList()) {
            List<NodeInfo> byLiking = new ArrayList<>(candidates);
            byLiking.sort(Comparator.comparingDouble((NodeInfo node) -> liking(partition, node))
                    .reversed());
            for (NodeInfo node : byLiking) {
                if (room.take(node.id())) {
                    placed.put(partition, node.id());
                    break;
                }
            }
        }
        return placed;
    }

    /** Larger is better. Logarithm of StrictMath: all nodes must come to the same result. */
    private static double liking(String partition, NodeInfo node) {
        byte[] key = (partition + "@" + node.id()).getBytes(StandardCharsets.UTF_8);
        long hash = UUID.nameUUIDFromBytes(key).getLeastSignificantBits() & (1L << 52) - 1;
        double uniform = (hash + 0.5) / (1L << 52);
        return -node.weight() / StrictMath.log(uniform);
    }

    /** How many partitions each node can still take: its share rounded down, and for some one more. */
    private static final class Room {
        private final Map<String, Integer> left = new HashMap<>();
        private int extra;

        Room(int partitions, List<NodeInfo> nodes) {
            long weights = nodes.stream().mapToLong(NodeInfo::weight).sum();
            extra = partitions;
            for (NodeInfo node : nodes) {
                int share = (int) ((long) partitions * node.weight() / weights);
                left.put(node.id(), share);
                extra -= share;
            }
        }

        boolean take(String node) {
            int room = left.getOrDefault(node, 0);
            if (room > 0) {
                left.put(node, room - 1);
                return true;
            }
            if (room == 0 && extra > 0) {
                extra--;
                left.put(node, -1);
                return true;
            }
            return false;
        }
    }
}
