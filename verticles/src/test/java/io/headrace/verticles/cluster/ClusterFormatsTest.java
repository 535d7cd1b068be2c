/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept in ZooKeeper, where nodes of other versions read it. */
final class ClusterFormatsTest {
    private static final NodeInfo NODE = new NodeInfo(
            "n1",
            new Endpoint("10.0.0.1", 12345),
            new Endpoint("::1", 9090),
            new Endpoint("host.test", 10080),
            new Endpoint("10.0.0.1", 5702),
            EnumSet.of(Role.CONTROLLER, Role.STORE),
            3);

    @Test
    void aNode() {
        String text = "{\"format\":1,\"id\":\"n1\",\"store\":\"10.0.0.1:12345\",\"controller\":\"[::1]:9090\","
                + "\"http\":\"host.test:10080\",\"bus\":\"10.0.0.1:5702\",\"roles\":[\"store\",\"controller\"],\"weight\":3}";
        assertThat(NODE.toJson().encode()).isEqualTo(text);
        assertThat(NodeInfo.fromJson(new JsonObject(text))).isEqualTo(NODE);
    }

    @Test
    void aReport() {
        NodeReport report = new NodeReport(1_700_000_000_000L, Map.of("n2", "10.0.0.2:5702: refused"));
        String text = "{\"format\":1,\"clock\":1700000000000,\"unreachable\":{\"n2\":\"10.0.0.2:5702: refused\"}}";
        assertThat(report.toJson().encode()).isEqualTo(text);
        assertThat(NodeReport.fromJson(new JsonObject(text).put("later", 1))).isEqualTo(report);
        for (String bad :
                List.of("{}", "{\"clock\":\"x\",\"unreachable\":{}}", "{\"clock\":1,\"unreachable\":{\"a\":1}}")) {
            assertThatThrownBy(() -> NodeReport.fromJson(new JsonObject(bad)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatALaterVersionAddsToANodeIsIgnored() {
        JsonObject later = NODE.toJson().put("zone", "a");
        later.getJsonArray("roles").add("archive");
        assertThat(NodeInfo.fromJson(later)).isEqualTo(NODE);
    }

    @Test
    void whatIsNoNodeIsRefused() {
        for (String text : List.of(
                "{}", "{\"id\":7}", NODE.toJson().put("store", "nowhere").encode())) {
            assertThatThrownBy(() -> NodeInfo.fromJson(new JsonObject(text)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Nodes.node("a/b", 1)).hasMessageContaining("a/b");
        assertThatThrownBy(() -> Nodes.node("a", -1)).hasMessageContaining("-1");
    }

    @Test
    void theFactsOfACluster() {
        ClusterFacts facts = new ClusterFacts("c", table(4), table(1));
        JsonObject json = facts.toJson();
        assertThat(json.fieldNames()).containsExactly("format", "id", "segments", "streams");
        assertThat(json.encode())
                .startsWith("{\"format\":1,\"id\":\"c\",\"segments\":[0,0,")
                .contains("3,3],\"streams\":[0,0,")
                .endsWith("0,0]}");
        ClusterFacts read = ClusterFacts.fromJson(new JsonObject(json.encode()));
        assertThat(read).isEqualTo(facts);
        assertThat(read.segmentsPartitions()).isEqualTo(4);
        assertThat(read.streamsPartitions()).isEqualTo(1);
        assertThatThrownBy(() -> ClusterFacts.fromJson(facts.toJson().put("format", 2)))
                .hasMessageContaining("format 2");
        assertThatThrownBy(() -> ClusterFacts.fromJson(new JsonObject())).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Integer> table(int partitions) {
        return Arrays.stream(Partitions.evenTable(partitions)).boxed().toList();
    }
}
