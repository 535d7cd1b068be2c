/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.zookeeper;

import static io.headrace.verticles.cluster.Nodes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.verticles.cluster.ClusterFacts;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.Registry;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.host.Partitions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ZooKeeperRegistryTest {
    private static final int SESSION_MILLIS = 20_000;

    @TempDir
    static Path directory;

    private static EmbeddedEnsemble ensemble;

    private final Told told = new Told();
    private final Told toldOther = new Told();
    private final List<ZooKeeperRegistry> begun = new ArrayList<>();

    @BeforeAll
    static void start() {
        ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory.resolve("storage")));
    }

    @AfterAll
    static void stop() {
        ensemble.close();
    }

    private ZooKeeperRegistry begin(String file, Told told) throws Exception {
        ZooKeeperRegistry registry = ZooKeeperRegistry.start(
                ensemble.connectString(), SESSION_MILLIS, new SessionFile(directory.resolve("session-" + file)));
        begun.add(registry);
        registry.listen(told);
        return registry;
    }

    private void announce(ZooKeeperRegistry registry, ZooKeeperRegistry other) throws Exception {
        registry.announce(node("a", 1));
        other.announce(node("b", 1));
        told.await(view -> view.nodes().size() == 2);
        toldOther.await(view -> view.nodes().size() == 2);
    }

    @AfterEach
    void close() {
        begun.forEach(ZooKeeperRegistry::close);
    }

    @Test
    void whatOneNodeDoesOthersSee() throws Exception {
        ZooKeeperRegistry registry = begin("a", told);
        ZooKeeperRegistry other = begin("b", toldOther);
        announce(registry, other);
        assertThat(claim(registry, told, "segments-0")).isTrue();
        toldOther.await(view -> view.owners().equals(Map.of("segments-0", "a")));
        assertThat(claim(other, toldOther, "segments-0")).isFalse();
        assertThat(toldOther.view().ownerOf("segments-0")).contains(node("a", 1));
        CompletableFuture<Void> released = new CompletableFuture<>();
        registry.release(told.view().session(), "segments-0", () -> released.complete(null));
        released.get();
        toldOther.await(view -> view.owners().isEmpty());
        assertThat(claim(other, toldOther, "segments-0")).isTrue();
    }

    @Test
    void whatANodeHasGoesWithItsSession() throws Exception {
        ZooKeeperRegistry registry = begin("a", told);
        ZooKeeperRegistry other = begin("b", toldOther);
        announce(registry, other);
        assertThat(claim(registry, told, "segments-1")).isTrue();
        registry.close();
        toldOther.await(view -> view.nodes().size() == 1 && view.owners().isEmpty());
    }

    @Test
    void aSessionThatIsOverIsToldAndANewOneIsBegun() throws Exception {
        ZooKeeperRegistry registry = begin("a", told);
        ZooKeeperRegistry other = begin("b", toldOther);
        announce(registry, other);
        assertThat(claim(registry, told, "segments-2")).isTrue();
        toldOther.await(view -> view.owners().containsKey("segments-2"));
        long session = told.view().session();
        // What a node does that has been started again under the same name.
        new SessionFile(directory.resolve("session-a")).endFormer(ensemble.connectString(), SESSION_MILLIS);
        told.await(view -> view.session() > session && view.nodes().size() == 2);
        assertThat(told.lost).isEqualTo(1);
        toldOther.await(view -> view.nodes().size() == 2 && !view.owners().containsKey("segments-2"));
        CompletableFuture<Boolean> late = new CompletableFuture<>();
        registry.claim(session, "segments-2", late::complete);
        assertThat(late.get()).as("claim in a session that is over").isFalse();
        assertThat(claim(other, toldOther, "segments-2")).isTrue();
        CompletableFuture<Void> released = new CompletableFuture<>();
        registry.release(session, "segments-2", () -> released.complete(null));
        released.get();
        assertThat(claim(registry, told, "segments-2")).as("still the other's").isFalse();
    }

    @Test
    void aNodeWaitsForAnotherOfItsName() throws Exception {
        ZooKeeperRegistry registry = begin("a", told);
        registry.announce(node("a", 1));
        registry.announced().toCompletableFuture().get();
        ZooKeeperRegistry other = begin("elsewhere", toldOther);
        toldOther.await(view -> view.nodes().containsKey("a"));
        other.announce(node("a", 1));
        assertThat(claim(other, toldOther, "segments-3")).isTrue();
        assertThat(other.announced().toCompletableFuture()).isNotDone();
        registry.close();
        other.announced().toCompletableFuture().get();
    }

    @Test
    void theCommandLineSeesAndChangesIt() throws Exception {
        ZooKeeperRegistry registry = begin("a", told);
        ZooKeeperRegistry other = begin("b", toldOther);
        announce(registry, other);
        assertThat(claim(registry, told, "streams-0")).isTrue();
        try (ClusterAdmin admin = ClusterAdmin.connect(ensemble.connectString(), SESSION_MILLIS)) {
            assertThat(admin.view().nodes()).containsOnlyKeys("a", "b");
            assertThat(admin.view().owners()).containsExactly(Map.entry("streams-0", "a"));
            assertThat(admin.weigh("a", 0)).isTrue();
            toldOther.await(view -> node("a", 0).equals(view.nodes().get("a")));
            assertThat(admin.weigh("nobody", 0)).isFalse();
        }
    }

    @Test
    void whatTheFirstNodeDecidesHoldsForAll() throws Exception {
        ClusterFacts first = facts("first", 4);
        try (ClusterAdmin admin = ClusterAdmin.connect(ensemble.connectString(), SESSION_MILLIS)) {
            assertThat(admin.facts()).isEmpty();
            assertThat(admin.factsOr(first)).isEqualTo(first);
            assertThat(admin.factsOr(facts("second", 8))).isEqualTo(first);
            assertThat(admin.facts()).contains(first);
            admin.addMember("a", "10.0.0.1:5701");
            admin.addMember("a", "10.0.0.2:5701");
            assertThat(admin.members()).containsExactly(Map.entry("a", "10.0.0.2:5701"));
        }
    }

    @Test
    void anEnsembleThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ClusterAdmin.connect("127.0.0.1:1", 300))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    private static ClusterFacts facts(String id, int partitions) {
        List<Integer> table =
                Arrays.stream(Partitions.evenTable(partitions)).boxed().toList();
        return new ClusterFacts(id, table, table);
    }

    private static boolean claim(ZooKeeperRegistry by, Told told, String partition) throws Exception {
        CompletableFuture<Boolean> claimed = new CompletableFuture<>();
        by.claim(told.view().session(), partition, claimed::complete);
        return claimed.get(60, TimeUnit.SECONDS);
    }

    /** What a registry tells. */
    private static final class Told implements Registry.Listener {
        private @Nullable ClusterView view;
        private int lost;

        @Override
        public synchronized void changed(ClusterView newView) {
            view = newView;
            notifyAll();
        }

        @Override
        public synchronized void sessionLost() {
            lost++;
            view = null;
        }

        synchronized ClusterView view() {
            ClusterView current = view;
            if (current == null) {
                throw new IllegalStateException("nothing has been told yet");
            }
            return current;
        }

        /** The test's time limit ends it. */
        synchronized void await(Predicate<ClusterView> condition) throws InterruptedException {
            while (view == null || !condition.test(view)) {
                wait();
            }
        }
    }
}
