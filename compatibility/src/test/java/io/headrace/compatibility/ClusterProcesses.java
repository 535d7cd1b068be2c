/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small cluster of the packaged Headrace: ZooKeeper, one bookie, and two nodes, each of which can be killed. */
final class ClusterProcesses implements Server {
    private static final int NODES = 2;
    private static final List<String> PORTS =
            List.of("--controller-port", "--store-port", "--http-port", "--cluster-port", "--bus-port");

    private final String name;
    private final Path launcher;
    private final Path logs;
    private final Path data;
    private final List<Integer> ports;
    private final List<ChildProcess> storage = new ArrayList<>();
    private final List<ChildProcess> nodes = new ArrayList<>();

    private ClusterProcesses(String name, Path launcher, Path logs) {
        this.name = name;
        this.launcher = launcher;
        this.logs = logs;
        this.data = Directories.temporary(name);
        this.ports = freePorts(2 + NODES * PORTS.size());
    }

    /** Starts everything; returns when it serves. */
    static ClusterProcesses start(String name, Path home, Path logs) {
        Path launcher = home.resolve("headrace").toAbsolutePath().normalize();
        ClusterProcesses cluster = new ClusterProcesses(name, launcher, logs);
        try {
            cluster.startStorage("zookeeper", 0);
            cluster.startStorage("bookie", 1, "--zookeeper", cluster.zooKeeper());
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(cluster.launchNode(i));
            }
            cluster.nodes.forEach(ChildProcess::awaitReady);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> free = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                free.add(socket.getLocalPort());
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return free;
    }

    private String zooKeeper() {
        return "127.0.0.1:" + ports.get(0);
    }

    private void startStorage(String what, int port, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                what,
                "--data",
                data.resolve(what).toString(),
                "--port",
                ports.get(port).toString()));
        arguments.addAll(List.of(more));
        ChildProcess process = launch(what, arguments);
        storage.add(process);
        process.awaitReady();
    }

    private ChildProcess launchNode(int number) {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--data",
                data.resolve("node-" + number).toString(),
                "--node",
                "node-" + number,
                "--zookeeper",
                zooKeeper(),
                "--tier2",
                data.resolve("tier2").toUri().toString(),
                "--bookies",
                "1/1/1"));
        for (int i = 0; i < PORTS.size(); i++) {
            arguments.add(PORTS.get(i));
            arguments.add(port(number, i).toString());
        }
        return launch("node-" + number, arguments);
    }

    private Integer port(int node, int index) {
        return ports.get(2 + node * PORTS.size() + index);
    }

    private ChildProcess launch(String what, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        return ChildProcess.start(
                command, data, logs.resolve(name + "-" + what + ".log"), line -> line.startsWith("READY "));
    }

    /** As {@code kill -9}; returns when the process is gone. */
    void kill(int node) {
        nodes.get(node).kill();
    }

    /** Starts a node that was killed; returns when it is ready. */
    void restart(int node) {
        ChildProcess process = launchNode(node);
        nodes.set(node, process);
        process.awaitReady();
    }

    /** Both controllers. */
    @Override
    public URI controller() {
        return URI.create("tcp://127.0.0.1:" + port(0, 0) + ",127.0.0.1:" + port(1, 0));
    }

    @Override
    public boolean alive() {
        return nodes.stream().allMatch(ChildProcess::alive);
    }

    @Override
    public void kill() {
        for (int i = 0; i < NODES; i++) {
            kill(i);
        }
    }

    @Override
    public void restart() {
        for (int i = 0; i < NODES; i++) {
            nodes.set(i, launchNode(i));
        }
        nodes.forEach(ChildProcess::awaitReady);
    }

    @Override
    public void close() {
        nodes.forEach(ChildProcess::kill);
        storage.forEach(ChildProcess::kill);
        Directories.remove(data);
    }

    @Override
    public boolean durable() {
        return true;
    }
}
