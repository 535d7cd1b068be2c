/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the cluster at a moment; it may be old.
 *
 * @param session of the registry that tells it; counts from 1
 * @param nodes those that live, by id
 * @param owners which node has a partition, by the partition's name; none for one that is being taken over
 */
public record ClusterView(long session, Map<String, NodeInfo> nodes, Map<String, String> owners) {
    public static final ClusterView EMPTY = new ClusterView(0, Map.of(), Map.of());

    public ClusterView {
        nodes = Map.copyOf(nodes);
        owners = Map.copyOf(owners);
    }

    /** Those that live and do this. */
    public List<NodeInfo> nodesThatAre(Role role) {
        return nodes.values().stream()
                .filter(node -> node.roles().contains(role))
                .toList();
    }

    /** Who has a partition; empty if nobody does, or if that node has just ended. */
    public Optional<NodeInfo> ownerOf(String partition) {
        return Optional.ofNullable(owners.get(partition)).map(nodes::get);
    }
}
