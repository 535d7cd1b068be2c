/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.doctor.Doctor;
import io.headrace.server.doctor.Findings;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import io.reactivex.rxjava3.core.Flowable;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes in this process, one of which is reached at other ports than those that it listens on, as behind NAT. */
@Timeout(180)
final class NodesTest {
    private static final List<String> LISTENERS = List.of("controller", "store", "http", "cluster", "bus");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final StreamName STREAM = StreamName.of("s/events");
    private static final int EVENTS = 200;

    @TempDir
    Path directory;

    private String zooKeeper = "";

    /** A node that runs. */
    private record Node(Server<Addresses> server, Map<String, Forwarder> forwarders) implements AutoCloseable {
        Forwarder forwarder(String listener) {
            return Objects.requireNonNull(forwarders.get(listener));
        }

        String http() {
            return "http://" + server.addresses().http();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Forwarder forwarder : forwarders.values()) {
                forwarder.close();
            }
        }
    }

    private Map<String, String> options(String id) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of(
                "data",
                directory.resolve(id).toString(),
                "node",
                id,
                "zookeeper",
                zooKeeper,
                "tier2",
                directory.resolve("tier2").toUri().toString(),
                "bookies",
                "1/1/1",
                "session-timeout",
                "4s"));
        List<ServerSocket> sockets = new ArrayList<>();
        for (String listener : LISTENERS) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            options.put(listener + "-port", Integer.toString(socket.getLocalPort()));
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return options;
    }

    private static Node start(Map<String, String> options) {
        return new Node(ClusterNode.start(Settings.resolve(options, Map.of(), null)), Map.of());
    }

    private static Node startBehindNat(Map<String, String> options) throws IOException {
        Map<String, Forwarder> forwarders = new TreeMap<>();
        for (String listener : LISTENERS) {
            Forwarder forwarder = Forwarder.to(Integer.parseInt(options.getOrDefault(listener + "-port", "")));
            forwarders.put(listener, forwarder);
            options.put("advertised-" + listener, "127.0.0.1:" + forwarder.port());
        }
        return new Node(ClusterNode.start(Settings.resolve(options, Map.of(), null)), forwarders);
    }

    @Test
    void nodesAreReachedWhereTheySayAndMovesAreDelaysAndNothingElse() throws Exception {
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(EmbeddedOptions.in(directory.resolve("storage")))) {
            zooKeeper = ensemble.connectString();
            try (Node a = start(options("a"));
                    Node b = startBehindNat(options("b"))) {
                CompletableFuture<String> refused = startAgain("a");
                awaitBalance();
                writeAndRead(a, b);
                numbersAreTold(a);
                theDoctorIsContent(a);
                partitionsMoveWhileTheyAreUsed(a, b);
                aPeerThatCannotBeReachedIsReported(a, b);
                assertThat(refused.get()).contains("another node named a is running", "--node");
            }
        }
    }

    /** Starts a second node of the same name; the result is what it says. */
    private CompletableFuture<String> startAgain(String id) throws IOException {
        Map<String, String> options = options(id);
        options.put("data", directory.resolve("impostor").toString());
        return CompletableFuture.supplyAsync(() -> {
            try (Node node = start(options)) {
                return "it has started: " + node;
            } catch (StartException e) {
                return String.valueOf(e.getMessage());
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    private String command(Command command) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        command.run(new ClusterCommands(zooKeeper, new PrintStream(out, true, StandardCharsets.UTF_8)));
        return out.toString(StandardCharsets.UTF_8);
    }

    @FunctionalInterface
    private interface Command {
        void run(ClusterCommands commands) throws InterruptedException;
    }

    private void awaitBalance() throws InterruptedException {
        assertThat(command(commands -> assertThat(commands.rebalance()).isTrue()))
                .contains("every partition is where it should be");
    }

    private ClusterView view() throws InterruptedException {
        try (ClusterAdmin admin = ClusterAdmin.connect(zooKeeper, 10_000)) {
            return admin.view();
        }
    }

    private void writeAndRead(Node a, Node b) throws InterruptedException {
        assertThat(view().owners()).containsValue("a").containsValue("b");
        try (HeadraceClient client = HeadraceClient.connect(
                URI.create("tcp://" + a.server.addresses().controller()))) {
            client.administration()
                    .createScope(STREAM.scope())
                    .flatMap(made -> client.administration().createStream(STREAM, StreamConfiguration.fixed(8)))
                    .ignoreElement()
                    .blockingAwait();
            client.writer(STREAM, Serializers.utf8())
                    .writeAll(Flowable.range(0, EVENTS).map(i -> "event " + i), event -> event)
                    .blockingAwait();
            assertThat(client.reader(STREAM, Serializers.utf8())
                            .events()
                            .take(EVENTS)
                            .map(event -> event.value())
                            .toList()
                            .blockingGet())
                    .doesNotHaveDuplicates();
        }
        assertThat(b.forwarder("store").accepted()).isPositive();
        assertThat(b.forwarder("bus").accepted()).isPositive();
        assertThat(b.server.addresses().store())
                .isEqualTo("127.0.0.1:" + b.forwarder("store").port());
    }

    private static String get(String uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
        return HTTP.send(request, BodyHandlers.ofString()).body();
    }

    private static void numbersAreTold(Node node) throws IOException, InterruptedException {
        String metrics = get(node.http() + "/metrics");
        assertThat(metrics)
                .contains(
                        "headrace_node_ready 1.0\n",
                        "headrace_partition_serving{partition=\"segments-",
                        "headrace_log_append_seconds_bucket{partition=\"segments-",
                        "headrace_bus_sent_total{kind=\"segments\"}",
                        "headrace_cluster_nodes 2.0\n",
                        "headrace_storage_waiting_bytes{partition=\"segments-",
                        "headrace_storage_calls_total{operation=\"identity\",outcome=\"ok\"}",
                        "headrace_storage_call_seconds_bucket{operation=\"identity\"",
                        "headrace_storage_cache_misses_total{partition=\"segments-",
                        "headrace_controller_calls_total ");
        assertThat(metrics.lines().filter(line -> line.startsWith("headrace_store_events_total ")))
                .singleElement()
                .isNotEqualTo("headrace_store_events_total 0.0");
        assertThat(get(node.http() + "/health/live")).contains("live");
        assertThat(get(node.http() + "/health/ready")).contains("ready");
        assertThat(get(node.http() + "/nowhere")).contains("nothing at this path");
        assertThat(get(node.http() + "/metrics"))
                .contains(
                        "headrace_http_responses_total{class=\"2xx\"} ",
                        "headrace_http_responses_total{class=\"4xx\"} ");
    }

    private void theDoctorIsContent(Node a) throws InterruptedException {
        Settings settings = Settings.resolve(
                Map.of(
                        "zookeeper",
                        zooKeeper,
                        "bookies",
                        "1/1/1",
                        "tier2",
                        directory.resolve("tier2").toUri().toString()),
                Map.of(),
                null);
        Findings findings = new Doctor(settings)
                .examine(Optional.of(Endpoint.parse(a.server.addresses().controller())));
        assertThat(findings.isHealthy()).as(findings.toTable()).isTrue();
        assertThat(findings.toTable()).contains("a, event bus", "b, controller", "b, store", "bookie", "it is ");
    }

    private void partitionsMoveWhileTheyAreUsed(Node a, Node b) throws Exception {
        CompletableFuture<Integer> uses = new CompletableFuture<>();
        CompletableFuture<Void> moved = new CompletableFuture<>();
        Thread user = new Thread(() -> {
            try {
                uses.complete(use(a, b, moved));
            } catch (Exception | AssertionError e) {
                uses.completeExceptionally(e);
            }
        });
        user.start();
        for (String drained : List.of("a", "b")) {
            command(commands -> commands.weigh(drained, 0));
            awaitBalance();
            assertThat(view().owners()).doesNotContainValue(drained);
            command(commands -> commands.weigh(drained, 1));
            awaitBalance();
        }
        moved.complete(null);
        assertThat(uses.get()).isGreaterThan(1);
    }

    /** Asks both nodes, of which one at most has what it takes, until the future ends; each call must succeed. */
    private static int use(Node a, Node b, CompletableFuture<Void> end) throws Exception {
        int uses = 0;
        while (!end.isDone() || uses < 2) {
            Node node = uses % 2 == 0 ? a : b;
            String streams = node.http() + "/v1/scopes/" + STREAM.scope() + "/streams";
            HttpRequest create = HttpRequest.newBuilder(URI.create(streams))
                    .POST(BodyPublishers.ofString("{\"streamName\": \"n" + uses
                            + "\", \"scalingPolicy\": {\"type\": \"FIXED_NUM_SEGMENTS\", \"minSegments\": 1}}"))
                    .build();
            // A repeat of what was done already is told that it exists, like any client's.
            assertThat(HTTP.send(create, BodyHandlers.ofString()).statusCode()).isIn(201, 409);
            HttpRequest get =
                    HttpRequest.newBuilder(URI.create(streams + "/n" + uses)).build();
            assertThat(HTTP.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            uses++;
        }
        return uses;
    }

    private void aPeerThatCannotBeReachedIsReported(Node a, Node b) throws Exception {
        b.forwarder("bus").close();
        JsonObject unreachable;
        do {
            TimeUnit.MILLISECONDS.sleep(50);
            unreachable = new JsonObject(get(a.http() + "/health"))
                    .getJsonObject("cluster")
                    .getJsonObject("unreachable");
        } while (unreachable.isEmpty());
        String reason = "127.0.0.1:" + b.forwarder("bus").port() + ": refused";
        assertThat(unreachable.getString("b")).isEqualTo(reason);
        while (!command(ClusterCommands::status).contains("warning: a cannot reach b")) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
