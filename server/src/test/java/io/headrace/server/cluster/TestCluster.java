/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.ClientOptions;
import io.headrace.client.HeadraceClient;
import io.headrace.server.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cluster of processes on this machine: ZooKeeper, three bookies, three nodes. */
final class TestCluster implements AutoCloseable {
    static final int NODES = 3;
    static final int BOOKIES = 3;

    private static final List<String> PORT_OPTIONS =
            List.of("--controller-port", "--store-port", "--http-port", "--cluster-port", "--bus-port");

    private static final int PORTS_OF_NODE = PORT_OPTIONS.size();
    private static final String SESSION_TIMEOUT = "4s";

    private final Path directory;
    private final String zooKeeper;
    private final List<Integer> ports;
    private final ServerProcess keeper;
    private final Map<String, ServerProcess> processes = new TreeMap<>();

    private TestCluster(Path directory, List<Integer> ports) throws IOException {
        this.directory = directory;
        this.ports = ports;
        zooKeeper = "127.0.0.1:" + ports.get(0);
        keeper = ServerProcess.start(
                directory,
                "zookeeper",
                "--data",
                directory.resolve("zookeeper").toString(),
                "--port",
                ports.get(0).toString());
    }

    /** Starts everything; returns when it serves. */
    static TestCluster start(Path directory) throws Exception {
        TestCluster cluster = new TestCluster(directory, freePorts(1 + BOOKIES + NODES * PORTS_OF_NODE));
        try {
            cluster.keeper.awaitReadyLine();
            for (int i = 0; i < BOOKIES; i++) {
                cluster.startBookie(i);
            }
            for (int i = 0; i < BOOKIES; i++) {
                cluster.bookie(i).awaitReadyLine();
            }
            for (int i = 0; i < NODES; i++) {
                cluster.startNode(i);
            }
            for (int i = 0; i < NODES; i++) {
                cluster.node(i).awaitReadyLine();
            }
            return cluster;
        } catch (Exception | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Runs {@code headrace cluster} with these arguments; returns what it prints. */
    String command(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--zookeeper", zooKeeper));
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
                zooKeeper,
                "--tier2",
                directory.resolve("tier2").toUri().toString()));
        PORT_OPTIONS.forEach(option -> all.addAll(List.of(option, "0")));
        all.addAll(List.of(arguments));
        try (ServerProcess process = ServerProcess.start(directory, all.toArray(new String[0]))) {
            assertThat(process.awaitEnd()).as(process.toString()).isEqualTo(1);
            return String.join("\n", process.errorLines());
        }
    }

    void startBookie(int number) throws IOException {
        processes.put(
                "bookie-" + number,
                ServerProcess.start(
                        directory,
                        "bookie",
                        "--data",
                        directory.resolve("bookie-" + number).toString(),
                        "--zookeeper",
                        zooKeeper,
                        "--port",
                        ports.get(1 + number).toString()));
    }

    ServerProcess bookie(int number) {
        return process("bookie-" + number);
    }

    void startNode(int number) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--data",
                directory.resolve("node-" + number).toString(),
                "--node",
                "node-" + number,
                "--zookeeper",
                zooKeeper,
                "--tier2",
                directory.resolve("tier2").toUri().toString(),
                "--session-timeout",
                SESSION_TIMEOUT,
                // Of three bookies one may fail and still leave two to write to.
                "--bookies",
                "2/2/2"));
        for (int i = 0; i < PORTS_OF_NODE; i++) {
            arguments.add(PORT_OPTIONS.get(i));
            arguments.add(port(number, i).toString());
        }
        processes.put("node-" + number, ServerProcess.start(directory, arguments.toArray(new String[0])));
    }

    ServerProcess node(int number) {
        return process("node-" + number);
    }

    private Integer port(int node, int index) {
        return ports.get(1 + BOOKIES + node * PORTS_OF_NODE + index);
    }

    private ServerProcess process(String name) {
        ServerProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return process;
    }

    /** A client that knows all controllers. */
    HeadraceClient connect() {
        URI[] controllers = new URI[NODES];
        for (int i = 0; i < NODES; i++) {
            controllers[i] = URI.create("tcp://127.0.0.1:" + port(i, 0));
        }
        return HeadraceClient.connect(ClientOptions.of(controllers));
    }

    @Override
    public void close() {
        processes.values().forEach(ServerProcess::close);
        keeper.close();
    }
}
