/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.NodeReport;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ClusterWatchTest {
    private static final Endpoint PORT = new Endpoint("host.test", 1);

    private final Map<String, NodeInfo> nodes = new HashMap<>();
    private final Set<Integer> unreachablePorts = new HashSet<>();
    private final List<NodeReport> reports = new ArrayList<>();
    private long clock = 1_000_000;
    private long zooKeeperClock = 1_000_000;
    private final ClusterWatch watch = new ClusterWatch(
            "me",
            () -> new ClusterView(1, nodes, Map.of()),
            endpoint -> Future.succeededFuture(
                    unreachablePorts.contains(endpoint.port()) ? Optional.of("refused") : Optional.empty()),
            (report, written) -> {
                reports.add(report);
                written.accept(zooKeeperClock);
            },
            () -> clock);

    private void node(String id, int bus) {
        nodes.put(id, new NodeInfo(id, PORT, PORT, PORT, new Endpoint("host.test", bus), EnumSet.allOf(Role.class), 1));
    }

    private JsonObject look() {
        assertThat(watch.look().succeeded()).isTrue();
        return watch.toJson();
    }

    private JsonObject lookUntilReported() {
        int before = reports.size();
        JsonObject seen = look();
        for (int i = 0; i < ClusterWatch.SILENT_LOOKS; i++) {
            seen = look();
        }
        assertThat(reports).hasSize(before + 1);
        return seen;
    }

    @Test
    void aNodeThatCannotBeReachedTwiceIsReported() {
        node("me", 10);
        node("a", 11);
        node("b", 12);
        node("unknown", 0);
        unreachablePorts.addAll(Set.of(0, 10, 12));
        assertThat(look().getJsonObject("unreachable")).isEmpty();
        JsonObject second = look();
        assertThat(second.getJsonObject("unreachable").getMap()).isEqualTo(Map.of("b", "host.test:12: refused"));
        assertThat(second.getJsonArray("nodes")).isEqualTo(new JsonArray(List.of("a", "b", "me", "unknown")));
        assertThat(reports)
                .containsExactly(
                        new NodeReport(1_000_000, Map.of()),
                        new NodeReport(1_000_000, Map.of("b", "host.test:12: refused")));

        unreachablePorts.remove(12);
        assertThat(look().getJsonObject("unreachable")).isEmpty();
        unreachablePorts.add(12);
        assertThat(look().getJsonObject("unreachable")).as("once is not enough").isEmpty();
        nodes.remove("b");
        assertThat(look().getJsonObject("unreachable")).isEmpty();
    }

    @Test
    void aClockThatDiffersIsReported() {
        assertThat(look().getBoolean("clockDiffers")).isFalse();
        clock += 120_000;
        JsonObject ahead = lookUntilReported();
        assertThat(ahead.getBoolean("clockDiffers")).isTrue();
        assertThat(ahead.getLong("clockAheadMillis")).isEqualTo(120_000);
        zooKeeperClock = clock + 5_000;
        assertThat(lookUntilReported().getBoolean("clockDiffers")).isFalse();
        zooKeeperClock = clock + 5_001;
        assertThat(lookUntilReported().getLong("clockAheadMillis")).isEqualTo(-5_001);
        assertThat(watch.toJson().getBoolean("clockDiffers")).isTrue();
    }
}
