/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.ServerProcess;
import io.headrace.server.demo.WikipediaEdits.Edit;
import io.vertx.core.net.HostAndPort;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration sees what a server would lose, exchange or repeat. */
final class DemoIT {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<Edit> edits = WikipediaEdits.all();

    @TempDir
    Path temporary;

    @Test
    void onlyWhatComesBackWholeAndInOrderIsGood() throws Exception {
        List<Edit> lost = new ArrayList<>(edits);
        lost.remove(edits.size() / 2);
        List<Edit> repeated = new ArrayList<>(edits);
        repeated.add(edits.get(edits.size() / 2));
        try (ServerProcess server = ServerProcess.standalone(temporary, temporary.resolve("data"))) {
            HostAndPort controller = server.awaitController();

            assertThat(run(controller, edits)).isTrue();
            assertThat(text()).contains("Every edit came back once", "busiest wiki");

            assertThat(run(controller, lost)).isFalse();
            assertThat(text()).contains("FAILED", "missing: 1").doesNotContain("Every edit came back once");

            assertThat(run(controller, exchangedInOneWiki(edits))).isFalse();
            assertThat(text()).contains("FAILED", "out of order in en.wikipedia");

            assertThat(run(controller, repeated)).isFalse();
            assertThat(text()).contains("FAILED", "not sent, or read twice");
        }
    }

    /** The first edit of a wiki and the next one of the same, each in the other's place. */
    static List<Edit> exchangedInOneWiki(List<Edit> edits) {
        List<Edit> exchanged = new ArrayList<>(edits);
        int next = 1;
        while (!edits.get(next).wiki().equals(edits.get(0).wiki())) {
            next++;
        }
        Collections.swap(exchanged, 0, next);
        return exchanged;
    }

    private boolean run(HostAndPort controller, List<Edit> sent) {
        output.reset();
        return Demo.run(controller, new PrintStream(output, true, StandardCharsets.UTF_8), edits, sent);
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
