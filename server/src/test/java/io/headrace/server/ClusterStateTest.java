/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ClusterStateTest {
    private static final String SEGMENT = "scope/stream/0.#epoch.0";
    private static final Endpoint STORE = new Endpoint("here", 1);
    private static final Endpoint OTHER = new Endpoint("here", 2);

    @Test
    void clientsAreNotSentWhereDataWasOnce() {
        ClusterState state = new ClusterState(
                Partitions.ofSegments(Partitions.evenTable(1)), List.of(NodePartitions.segmentsName(0)));
        assertThat(state.storeOf(SEGMENT)).isEmpty();
        state.changed(view(1));
        assertThat(state.storeOf(SEGMENT)).contains(STORE);
        state.sessionLost();
        assertThat(state.storeOf(SEGMENT)).isEmpty();
        assertThat(state.ownerOf(NodePartitions.segmentsName(0))).isEqualTo("a");
        state.changed(view(2));
        assertThat(state.storeOf(SEGMENT)).contains(STORE);
    }

    private static ClusterView view(long session) {
        NodeInfo node = new NodeInfo("a", STORE, OTHER, OTHER, OTHER, Set.of(Role.STORE), 1);
        return new ClusterView(session, Map.of("a", node), Map.of(NodePartitions.segmentsName(0), "a"));
    }
}
