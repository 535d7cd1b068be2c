/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ClientOptions;
import io.headrace.client.HeadraceClient;
import io.headrace.server.ServerProcess;
import io.headrace.server.cluster.Link.Line;
import io.headrace.server.cluster.Party.Kind;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import io.headrace.verticles.zookeeper.ClusterException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cluster of processes on this machine: three servers of ZooKeeper, three bookies, three nodes. */
final class TestCluster implements AutoCloseable {
    private static final List<String> PORT_OPTIONS =
            List.of("--controller-port", "--store-port", "--http-port", "--cluster-port", "--bus-port");

    private static final List<String> SHORT_SESSIONS = List.of("--session-timeout", "4s");

    private static final int CONTROLLER = 0;
    private static final int CLUSTER = 3;
    private static final int BUS = 4;

    private static final int CONNECT_MILLIS = 6_000;
    private static final long PATIENCE_SECONDS = 120;

    /** Names are known by the file of {@link Network#hosts} only, to Vert.x as well. */
    private static final String JAVA_OPTIONS = "-Xms64m -Xmx512m -Dvertx.disableDnsResolver=true -Djdk.net.hosts.file=";

    private final Path directory;
    private final Network network;
    private final List<String> settingsOfNodes;
    private final Ports ports = new Ports();
    private final Map<Party, List<Integer>> portsOf;
    private @Nullable ClusterAdmin admin;
    private final Map<Party, ServerProcess> processes = new TreeMap<>((one, other) -> one.index() - other.index());

    private TestCluster(Path directory, Network network, List<String> settingsOfNodes) {
        this.directory = directory;
        this.network = network;
        this.settingsOfNodes = settingsOfNodes;
        portsOf = Party.all().collect(Collectors.toMap(party -> party, party -> ports(party.kind())));
    }

    private List<Integer> ports(Kind kind) {
        int count =
                switch (kind) {
                    case ZOOKEEPER -> 3;
                    case BOOKIE -> 1;
                    case NODE -> PORT_OPTIONS.size();
                };
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(ports.next());
        }
        return chosen;
    }

    /** Starts everything, with sessions of nodes that are short; returns when it serves. */
    static TestCluster start(Path directory) throws Exception {
        return start(directory, Network.ofLinks(), SHORT_SESSIONS, Party.OF_A_KIND);
    }

    /**
     * Starts everything; returns when it serves.
     *
     * @param settingsOfNodes options of {@code headrace server}
     * @param nodes how many nodes are started; the others may be later
     */
    static TestCluster start(Path directory, Network network, List<String> settingsOfNodes, int nodes)
            throws Exception {
        TestCluster cluster = new TestCluster(directory, network, settingsOfNodes);
        try {
            cluster.openLinks();
            cluster.startAll(Party.all(Kind.ZOOKEEPER).toList());
            cluster.startAll(Party.all(Kind.BOOKIE).toList());
            cluster.startAll(Party.all(Kind.NODE).limit(nodes).toList());
            return cluster;
        } catch (Exception | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private void openLinks() throws Exception {
        for (Party to : Party.all().toList()) {
            for (Party from : Party.all().toList()) {
                switch (to.kind()) {
                    case ZOOKEEPER -> {
                        if (from.kind() == Kind.ZOOKEEPER) {
                            network.open(from, to, Line.QUORUM, port(to, 1));
                            network.open(from, to, Line.QUORUM, port(to, 2));
                        } else {
                            network.open(from, to, Line.ZOOKEEPER, port(to, 0));
                        }
                    }
                    case BOOKIE -> {
                        if (from.kind() == Kind.NODE) {
                            network.open(from, to, Line.BOOKIE, port(to, 0));
                        }
                    }
                    case NODE -> {
                        if (from.kind() == Kind.NODE) {
                            network.open(from, to, Line.HAZELCAST, port(to, CLUSTER));
                            network.open(from, to, Line.BUS, port(to, BUS));
                        }
                    }
                }
            }
        }
    }

    private void startAll(List<Party> parties) throws Exception {
        for (Party party : parties) {
            begin(party);
        }
        for (Party party : parties) {
            awaitServing(party);
        }
    }

    Network network() {
        return network;
    }

    ServerProcess process(Party party) {
        ServerProcess process = processes.get(party);
        if (process == null) {
            throw new IllegalStateException(party + " has not been started");
        }
        return process;
    }

    /** Starts a process that does not run; returns when it serves. */
    void start(Party party) throws Exception {
        begin(party);
        awaitServing(party);
    }

    /** Starts a process that does not run. */
    void begin(Party party) throws IOException {
        List<String> arguments =
                switch (party.kind()) {
                    case ZOOKEEPER -> zooKeeper(party);
                    case BOOKIE -> bookie(party);
                    case NODE -> node(party);
                };
        String options = JAVA_OPTIONS + network.hosts(party, directory);
        processes.put(party, ServerProcess.start(options, directory, arguments.toArray(new String[0])));
    }

    private List<String> zooKeeper(Party member) {
        String servers = Party.all(Kind.ZOOKEEPER)
                .map(other -> other.number() + 1 + "=" + network.address(member, other) + ":" + port(other, 1) + ":"
                        + port(other, 2))
                .collect(Collectors.joining(","));
        return List.of(
                "zookeeper",
                "--data",
                data(member),
                "--port",
                Integer.toString(port(member, 0)),
                "--id",
                Integer.toString(member.number() + 1),
                "--servers",
                servers);
    }

    private List<String> bookie(Party bookie) {
        return List.of(
                "bookie",
                "--data",
                data(bookie),
                "--zookeeper",
                zooKeeperFor(bookie),
                "--advertised-host",
                bookie.host(),
                "--port",
                Integer.toString(port(bookie, 0)));
    }

    private List<String> node(Party node) {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--data",
                data(node),
                "--node",
                node.host(),
                "--zookeeper",
                zooKeeperFor(node),
                "--advertised-host",
                node.host(),
                "--tier2",
                tier2(),
                // Of three bookies one may fail and still leave two to write to.
                "--bookies",
                "2/2/2"));
        for (int i = 0; i < PORT_OPTIONS.size(); i++) {
            arguments.add(PORT_OPTIONS.get(i));
            arguments.add(Integer.toString(port(node, i)));
        }
        arguments.addAll(settingsOfNodes);
        return arguments;
    }

    private String data(Party party) {
        return directory.resolve(party.host()).toString();
    }

    private String tier2() {
        return directory.resolve("tier2").toUri().toString();
    }

    private int port(Party party, int index) {
        return Objects.requireNonNull(portsOf.get(party)).get(index);
    }

    private String zooKeeperFor(Party party) {
        return Party.all(Kind.ZOOKEEPER)
                .map(member -> network.address(party, member) + ":" + port(member, 0))
                .collect(Collectors.joining(","));
    }

    /** ZooKeeper as this process finds it. */
    private String zooKeeper() {
        return Party.all(Kind.ZOOKEEPER)
                .map(member -> "127.0.0.1:" + port(member, 0))
                .collect(Collectors.joining(","));
    }

    /** Waits until a process does what it is there for. */
    void awaitServing(Party party) throws Exception {
        process(party).awaitReadyLine();
        switch (party.kind()) {
            case ZOOKEEPER -> await(party + " has joined the ensemble", () -> hasJoined(party));
            case BOOKIE -> {}
            case NODE -> awaitView(party + " is known", view -> view.nodes().containsKey(party.host()));
        }
    }

    /** Whether a server of ZooKeeper follows a leader, or is one. */
    private boolean hasJoined(Party member) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(member, 0)), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).contains("Mode:");
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until others take a node for ended. */
    void awaitGone(Party node) throws Exception {
        awaitView(node + " is gone", view -> !view.nodes().containsKey(node.host()));
    }

    /** Waits until ZooKeeper knows the cluster to be so. */
    void awaitView(String what, Predicate<ClusterView> expected) throws Exception {
        await(what, () -> {
            try {
                ClusterAdmin connected = admin;
                if (connected == null) {
                    connected = ClusterAdmin.connect(zooKeeper(), CONNECT_MILLIS);
                    admin = connected;
                }
                return expected.test(connected.view());
            } catch (ClusterException e) {
                forgetAdmin(); // its server has just ended
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void forgetAdmin() {
        if (admin != null) {
            admin.close();
            admin = null;
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Runs {@code headrace cluster} with these arguments; returns what it prints. */
    String command(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--zookeeper", zooKeeper()));
        try (ServerProcess process = ServerProcess.start(directory, all.toArray(new String[0]))) {
            assertThat(process.awaitEnd()).as(process.toString()).isZero();
            return process.output();
        }
    }

    /** Starts a node that must not start; returns what it says. */
    String refused(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "server",
                "--data",
                directory.resolve("refused").toString(),
                "--zookeeper",
                zooKeeper(),
                "--tier2",
                tier2()));
        PORT_OPTIONS.forEach(option -> all.addAll(List.of(option, "0")));
        all.addAll(List.of(arguments));
        try (ServerProcess process = ServerProcess.start(directory, all.toArray(new String[0]))) {
            assertThat(process.awaitEnd()).as(process.toString()).isEqualTo(1);
            return String.join("\n", process.errorLines());
        }
    }

    /** A client that knows all controllers, and that waits for longer than any fault lasts. */
    HeadraceClient connect() {
        URI[] controllers = Party.all(Kind.NODE)
                .map(node -> URI.create("tcp://127.0.0.1:" + port(node, CONTROLLER)))
                .toArray(URI[]::new);
        return HeadraceClient.connect(ClientOptions.of(controllers).withDeadline(Duration.ofMinutes(2)));
    }

    @Override
    public void close() {
        forgetAdmin();
        processes.values().forEach(ServerProcess::close);
        network.close();
    }
}
