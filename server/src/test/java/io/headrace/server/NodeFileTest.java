/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeFileTest {
    private static final Map<String, String> NOTHING = Map.of("zookeeper", "zk.test:2181");

    @TempDir
    Path directory;

    private NodeFile open(Map<String, String> options, String cluster) throws IOException {
        return NodeFile.readOrCreate(directory, Settings.resolve(options, Map.of(), null), cluster);
    }

    @Test
    void aNameThatWasMadeUpIsKept() throws IOException {
        NodeFile made = open(NOTHING, "c");
        assertThat(made.node()).matches("node-[0-9a-f]{8}");
        assertThat(open(NOTHING, "c")).isEqualTo(made);
        assertThat(open(Map.of("node", made.node()), "c")).isEqualTo(made);
    }

    @Test
    void theFileOfTheFirstVersion() throws IOException {
        Files.writeString(directory.resolve(NodeFile.NAME), "#a comment\ncluster=c\nnode=n1\n");
        assertThat(open(NOTHING, "c")).isEqualTo(new NodeFile("c", "n1"));
    }

    @Test
    void aDirectoryOfAnotherClusterOrNodeIsNotUsed() throws IOException {
        open(Map.of("node", "n1"), "c");
        assertThatThrownBy(() -> open(NOTHING, "d"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("cluster c")
                .hasMessageContaining("zk.test:2181")
                .hasMessageContaining("cluster d");
        assertThatThrownBy(() -> open(Map.of("node", "n2"), "c"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("belongs to node n1, not n2");
    }
}
