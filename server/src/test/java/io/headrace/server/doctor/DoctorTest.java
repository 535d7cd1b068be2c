/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.TestServer;
import io.headrace.server.doctor.Finding.Level;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.zookeeper.ClusterAdmin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class DoctorTest {
    private static final Endpoint REMOTE = new Endpoint("192.0.2.1", 9090);
    private static final Endpoint LOCAL = new Endpoint("127.0.0.1", 9090);

    @TempDir
    Path directory;

    private final Findings findings = new Findings();

    private void found(Level level, String check, String text) {
        assertThat(findings.all()).anySatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(level);
            assertThat(finding.check()).isEqualTo(check);
            assertThat(finding.found() + " " + finding.advice()).contains(text);
            assertThat(finding.advice().isEmpty()).isEqualTo(level == Level.OK);
        });
    }

    private Settings settings(String... more) {
        Map<String, String> options = new HashMap<>(Map.of("data", directory.toString()));
        for (String option : List.of("controller-port", "store-port", "http-port", "cluster-port", "bus-port")) {
            options.put(option, "0");
        }
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return Settings.resolve(options, Map.of(), null);
    }

    @Test
    void theMachine() {
        MachineChecks.java(11, findings);
        found(Level.PROBLEM, "java", "install a JDK 17 or newer");
        MachineChecks.java(21, findings);
        found(Level.OK, "java", "this is Java 21");
        MachineChecks.memory(900L << 20, 1L << 30, findings);
        found(Level.PROBLEM, "memory", "-XX:MaxDirectMemorySize=1156m");
        MachineChecks.memory(320L << 20, 1L << 30, findings);
        found(Level.OK, "memory", "1024 MiB");
        MachineChecks.openFiles(1_024, 4_096, findings);
        found(Level.PROBLEM, "open files", "raise it to 14336");
        MachineChecks.openFiles(8_048, 4_096, findings);
        found(Level.WARNING, "open files", "lower --connections to 2000");
        MachineChecks.openFiles(65_536, 4_096, findings);
        found(Level.OK, "open files", "65536");
    }

    @Test
    void theDataDirectory() throws IOException {
        DirectoryChecks.run(directory.resolve("new/data"), findings);
        found(Level.OK, "data directory", "can be created");
        assertThat(findings.all()).extracting(Finding::check).contains("file system", "free room", "fsync");
        DirectoryChecks.run(Files.createFile(directory.resolve("file")), findings);
        found(Level.PROBLEM, "data directory", "is a file");
        DirectoryChecks.run(Path.of("/proc/headrace"), findings);
        found(Level.PROBLEM, "data directory", "cannot write in /proc");
        DirectoryChecks.kind("tmpfs", findings);
        found(Level.WARNING, "file system", "which is memory");
        DirectoryChecks.kind("overlay", findings);
        found(Level.WARNING, "file system", "mount a volume");
        DirectoryChecks.kind("nfs4", findings);
        found(Level.WARNING, "file system", "over a network");
        DirectoryChecks.kind("ext4", findings);
        found(Level.OK, "file system", "ext4");
        DirectoryChecks.room(600L << 20, findings);
        found(Level.PROBLEM, "free room", "writers wait");
        DirectoryChecks.room(2L << 30, findings);
        found(Level.WARNING, "free room", "2048 MiB");
        DirectoryChecks.syncs(25_340, findings);
        found(Level.WARNING, "fsync", "25.3 ms");
        DirectoryChecks.syncs(240, findings);
        found(Level.OK, "fsync", "0.2 ms");
        try (var files = Files.list(directory)) {
            assertThat(files).as("nothing is left behind").hasSize(1);
        }
    }

    @Test
    void portsAndAddresses() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            ListenChecks.run(settings("store-port", port, "bus-port", port), true, findings);
            found(Level.PROBLEM, "store port", "choose another with --store-port");
            found(Level.PROBLEM, "bus port", "choose another with --bus-port");
            found(Level.OK, "cluster port", "any that is free");
        }
        ListenChecks.run(settings("host", "0.0.0.0", "advertised-host", "a.test"), false, findings);
        found(Level.PROBLEM, "host", "--security open");
        ListenChecks.run(
                settings("host", "0.0.0.0", "security", "open", "advertised-host", "127.0.0.1"), false, findings);
        found(Level.PROBLEM, "advertised store", "--advertised-store or --advertised-host");
        ListenChecks.run(settings("advertised-http", "nobody.invalid:80"), false, findings);
        found(Level.PROBLEM, "advertised http", "nobody.invalid has no address");
        found(Level.OK, "advertised controller", "127.0.0.1:0");
    }

    @Test
    void aServerThatIsWell() throws Exception {
        try (TestServer server = TestServer.in(directory)) {
            Endpoint controller = endpoint(server.controller());
            Findings all = new Doctor(settings()).examine(Optional.of(controller));
            assertThat(all.isHealthy()).as(all.toTable()).isTrue();
            assertThat(all.toTable()).contains("OK", "store", "127.0.0.1:" + server.storePort(), "0 problems");
            assertThat(all.toJson().getBoolean("healthy")).isTrue();
            assertThat(all.toJson().getJsonArray("findings").getJsonObject(0).getString("check"))
                    .isEqualTo("controller");
            ClientChecks.run(new Endpoint("127.0.0.1", server.storePort()), findings);
            found(Level.PROBLEM, "controller", "does not answer as a controller does");
        }
    }

    @Test
    void aServerThatSendsClientsElsewhere() throws Exception {
        int closed = freePort();
        int open = freePort();
        Endpoint controller = new Endpoint("127.0.0.1", open);
        ClientChecks.run(new Endpoint("127.0.0.1", closed), findings);
        found(Level.PROBLEM, "controller", "refused");
        ServerSocket stranger = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (TestServer server = TestServer.with(
                directory,
                Map.of(
                        "controller-port", Integer.toString(open),
                        "advertised-store", "127.0.0.1:" + stranger.getLocalPort(),
                        "advertised-controller", "127.0.0.1:" + closed))) {
            assertThat(endpoint(server.controller())).isEqualTo(new Endpoint("127.0.0.1", closed));
            Thread answering = new Thread(() -> answerAsAStranger(stranger));
            answering.start();
            try (stranger) {
                ClientChecks.run(controller, findings);
            }
            answering.join();
            found(Level.PROBLEM, "store", "what listens there is no segment store");
            found(Level.PROBLEM, "listed controller", "127.0.0.1:" + closed + ", and from here that fails: refused");
            ClientChecks.run(controller, findings);
            found(Level.PROBLEM, "store", "from here that fails: refused correct --advertised-store");
        }
    }

    private static void answerAsAStranger(ServerSocket stranger) {
        try {
            while (true) {
                try (Socket socket = stranger.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readNBytes(16); // the whole greeting, or closing would be a reset
                }
            }
        } catch (IOException e) {
            // closed: the test has seen enough
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Endpoint endpoint(URI uri) {
        return new Endpoint(uri.getHost(), uri.getPort());
    }

    @Test
    void aLoopbackAddressIsNoAddressForOthers() {
        ClientChecks.told("store", REMOTE, LOCAL, Optional.empty(), "advertised-store", findings);
        found(Level.PROBLEM, "store", "which is their own machine");
        ClientChecks.told("store", LOCAL, LOCAL, Optional.empty(), "advertised-store", findings);
        found(Level.OK, "store", "only programs on this machine");
    }

    @Test
    void bookiesAndNodes() throws Exception {
        ClusterChecks checks = new ClusterChecks(settings("bookies", "2/2/2"));
        int closed;
        try (ServerSocket open = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Endpoint here = new Endpoint("127.0.0.1", open.getLocalPort());
            closed = open.getLocalPort();
            ClusterAdmin.Bookie one = new ClusterAdmin.Bookie("b1", Optional.of(here), false);
            checks.bookies(List.of(one, new ClusterAdmin.Bookie("b2", Optional.of(here), true)), findings);
            found(Level.OK, "bookie", here + " is there");
            found(Level.WARNING, "bookie", "its disk is full");
            found(Level.PROBLEM, "bookies", "there are 1 that take data, and --bookies asks for 2");
            checks.bookies(List.of(one, one), findings);
            found(Level.WARNING, "bookies", "when one ends, writing ends");
            NodeInfo node = new NodeInfo("n1", here, here, here, here, EnumSet.of(Role.GATEWAY), 1);
            ClusterChecks.address(node, "event bus", here, "advertised-bus", 2, findings);
            found(Level.WARNING, "n1, event bus", "if not all 2 nodes");
            ClusterChecks.roles(Map.of("n1", node), findings);
            found(Level.PROBLEM, "nodes", "no node that lives is a controller");
        }
        Endpoint gone = new Endpoint("127.0.0.1", closed);
        checks.bookies(List.of(new ClusterAdmin.Bookie("b3", Optional.of(gone), false)), findings);
        found(Level.PROBLEM, "bookie", "b3 cannot be reached from here at " + gone);
        NodeInfo node = new NodeInfo("n2", gone, gone, gone, gone, EnumSet.allOf(Role.class), 1);
        ClusterChecks.address(node, "store", gone, "advertised-store", 2, findings);
        found(Level.PROBLEM, "n2, store", "correct --advertised-store or --advertised-host of that node");
        ClusterChecks.noticed("n3", new ClusterAdmin.Noticed(-90_000, Map.of("n2", gone + ": refused")), findings);
        found(Level.PROBLEM, "n3, clock", "is 90 s behind ZooKeeper's");
        found(Level.PROBLEM, "n3, event bus", "it cannot reach n2 at " + gone);
        checks.run("127.0.0.1:" + closed, findings);
        found(Level.PROBLEM, "ZooKeeper", "cannot be reached: refused");
        found(Level.PROBLEM, "long-term storage", "none is named");
    }
}
