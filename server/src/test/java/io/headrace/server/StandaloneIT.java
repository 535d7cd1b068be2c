/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server as its users start and stop it. */
final class StandaloneIT {
    private static final List<String> PORTS = List.of("controller-port", "store-port", "http-port");
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path temporary;

    /** Then it starts again where it was. */
    @Test
    void saysReadyOnOneLineServesAndEndsOnSigterm() throws Exception {
        Path data = temporary.resolve("data");
        try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
            Addresses addresses = server.awaitReady();
            assertThat(List.of(addresses.controller(), addresses.store(), addresses.http()))
                    .allSatisfy(address -> assertThat(address).matches("127\\.0\\.0\\.1:[1-9][0-9]*"))
                    .doesNotHaveDuplicates();
            HttpResponse<String> health = get("http://" + addresses.http() + "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(new JsonObject(health.body()).getString("status")).isEqualTo("ready");
            assertThat(get("http://" + addresses.http() + "/").statusCode()).isEqualTo(404);
            HttpResponse<String> scaling = get("http://" + addresses.http() + "/v1/scopes/s/streams/none/scaling");
            assertThat(scaling.statusCode()).isEqualTo(404);
            assertThat(new JsonObject(scaling.body()).getString("detail")).isEqualTo("there is no stream s/none");
            assertRefused(ServerProcess.standalone(temporary, data), 1, data + " is in use by another server");
            assertPrints("created the scope s\n", addresses, "scope", "create", "s");
            assertPrints("{\"scope\":\"s\"}\n", addresses, "scope", "list", "-o", "json");

            assertTerminates(server);
            assertThat(server.output()).startsWith("READY {").hasLineCount(1);
            assertThat(new JsonObject(server.output().substring("READY ".length())).fieldNames())
                    .containsExactlyInAnyOrder("controller", "store", "http");
            // That a loop was held up tells of the machine, on which other tests run.
            assertThat(server.errorLines())
                    .filteredOn(line -> !line.contains("BlockedThreadChecker"))
                    .noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
        }
        try (ServerProcess again = ServerProcess.standalone(temporary, data, "--log-format", "json")) {
            Addresses addresses = again.awaitReady();
            garbageOnAPortHurtsNobodyElse(again, addresses);
            endsOnSigtermUnderLoad(again, addresses.store());
            assertThat(again.errorLines().stream().map(JsonObject::new))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.fieldNames())
                            .contains("timestamp", "level", "threadName", "loggerName", "formattedMessage"));
        }
    }

    @Test
    void aPortThatIsInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : PORTS) {
                List<String> arguments =
                        new ArrayList<>(List.of("standalone", "--data", temporary.resolve("data") + option));
                for (String each : PORTS) {
                    arguments.addAll(List.of("--" + each, each.equals(option) ? port : "0"));
                }
                ServerProcess server = ServerProcess.start(temporary, arguments.toArray(new String[0]));
                assertRefused(server, 1, "port " + port, "in use", "--" + option);
            }
        }
    }

    @Test
    void aFileInThePlaceOfTheDataDirectoryIsNamed() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertRefused(ServerProcess.standalone(temporary, file), 1, "the data directory " + file + " is a file");
    }

    @Test
    void aDataDirectoryThatCannotBeWrittenIsNamed() throws Exception {
        Path directory = temporary.resolve("data");
        try (SmallDisk disk = SmallDisk.mount(directory, 1)) {
            disk.makeReadOnly();
            assertRefused(
                    ServerProcess.standalone(temporary, directory),
                    1,
                    "cannot write to the data directory " + directory,
                    "--data");
        }
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        Path directory = temporary.resolve("disk");
        try (SmallDisk disk = SmallDisk.mount(directory, 64)) {
            Path filler = directory.resolve("filler");
            disk.fill(filler);
            Path data = directory.resolve("data");
            assertRefused(ServerProcess.standalone(temporary, data), 1, "the disk of", "is full", "free some space");
            // Enough for files to be created, and not for more.
            Files.write(filler, new byte[60 << 20]);
            assertRefused(ServerProcess.standalone(temporary, data), 1, "the disk of", "is full", "free some space");
            Files.delete(filler);
            try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
                server.awaitReady();
            }
        }
    }

    private static void endsOnSigtermUnderLoad(ServerProcess server, String store) throws Exception {
        try (PersistentWriter one = new PersistentWriter(() -> store, 1);
                PersistentWriter other = new PersistentWriter(() -> store, 2)) {
            while (one.acknowledged() < 100 || other.acknowledged() < 100) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertTerminates(server);
        }
    }

    /** Other moments in each run. */
    @Test
    void endsOnSigtermAtAnyMomentOfItsStartAndStartsAgain() throws Exception {
        Path data = temporary.resolve("data");
        Random random = new Random();
        boolean ready = false;
        for (int millis = random.nextInt(800); !ready; millis += 800) {
            try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
                TimeUnit.MILLISECONDS.sleep(millis);
                ready = !server.output().isEmpty();
                assertTerminates(server);
                assertThat(server.errorLines()).noneMatch(line -> line.contains("ERROR") || line.startsWith("\tat "));
            }
        }
        try (ServerProcess again = ServerProcess.standalone(temporary, data)) {
            again.awaitReady();
        }
    }

    private static void assertTerminates(ServerProcess server) throws Exception {
        long start = System.nanoTime();
        server.terminate();
        assertThat(server.awaitEnd()).as(server.toString()).isEqualTo(TERMINATED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aDamagedClusterFileStopsTheStart() throws Exception {
        Path data = Files.createDirectory(temporary.resolve("data"));
        Files.writeString(data.resolve(ClusterFile.NAME), "format=77");
        assertRefused(ServerProcess.standalone(temporary, data), 1, "cluster.properties is damaged");
    }

    /** Unreadable is not absent: nothing may be started over what is left. */
    @Test
    void damagedStorageStopsTheStart() throws Exception {
        Path data = temporary.resolve("data");
        try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
            server.awaitReady();
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(data.resolve("storage/zookeeper"))) {
            files = found.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            Arrays.fill(bytes, 0, bytes.length, (byte) 0x5a);
            Files.write(file, bytes);
        }
        try (ServerProcess server = ServerProcess.standalone(temporary, data)) {
            assertThat(server.awaitEnd()).as(server.toString()).isEqualTo(1);
            assertThat(server.output()).isEmpty();
            assertThat(server.errorLines())
                    .noneMatch(line -> line.startsWith("\tat "))
                    .last()
                    .asString()
                    .startsWith("headrace: ")
                    .contains("untouched");
        }
        for (Path file : files) {
            assertThat(file).exists();
        }
    }

    @Test
    void theServerIsNotExposedByAccident() throws Exception {
        Path data = temporary.resolve("data");
        assertRefused(ServerProcess.standalone(temporary, data, "--host", "0.0.0.0"), 1, "--security open");
    }

    @Test
    void badUsageIsExplained() throws Exception {
        Path data = temporary.resolve("data");
        assertRefused(
                ServerProcess.start(temporary, "standalone", "--store", "x"), 2, "--store", "--store-port", "--help");
        assertRefused(ServerProcess.standalone(temporary, data, "--log-level", "loud"), 2, "log-level", "info");
        assertRefused(ServerProcess.start(temporary, "start"), 2, "start");
    }

    private void garbageOnAPortHurtsNobodyElse(ServerProcess server, Addresses addresses) throws Exception {
        Random random = new Random(42);
        for (String address : List.of(addresses.controller(), addresses.store(), addresses.http())) {
            for (int size : new int[] {1, 7, 8, 100, 100_000}) {
                byte[] garbage = new byte[size];
                random.nextBytes(garbage);
                send(address, garbage);
                send(address, new byte[size]);
            }
        }
        assertThat(get("http://" + addresses.http() + "/health").statusCode()).isEqualTo(200);
        try (ServerProcess demo = ServerProcess.start(temporary, "demo", "--controller", addresses.controller())) {
            assertThat(demo.awaitEnd()).as(demo.toString()).isZero();
        }
        assertThat(server.errorLines()).noneMatch(line -> line.contains("ERROR"));
    }

    @Test
    void theDemoRunsWithoutAServer() throws Exception {
        try (ServerProcess demo = ServerProcess.start(temporary, "demo")) {
            assertThat(demo.awaitEnd()).as(demo.toString()).isZero();
            assertThat(demo.output()).contains("Every edit came back once", "39,244 edits");
        }
    }

    @Test
    void theDemoFailsWithoutAController() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertRefused(
                ServerProcess.start(temporary, "demo", "--controller", "127.0.0.1:" + port), 1, "127.0.0.1:" + port);
    }

    /** The process must end by itself, with nothing on standard output and one line on standard error. */
    private void assertPrints(String output, Addresses addresses, String... command) throws Exception {
        List<String> arguments = new ArrayList<>(Arrays.asList(command));
        arguments.addAll(List.of("--controller", addresses.controller()));
        try (ServerProcess client = ServerProcess.start(temporary, arguments.toArray(new String[0]))) {
            assertThat(client.awaitEnd()).as(client.toString()).isZero();
            assertThat(client.output()).isEqualTo(output);
            assertThat(client.errorLines()).isEmpty();
        }
    }

    private static void assertRefused(ServerProcess server, int exitCode, String... words) throws Exception {
        try (server) {
            assertThat(server.awaitEnd()).as(server.toString()).isEqualTo(exitCode);
            assertThat(server.output()).doesNotContain("READY");
            assertThat(server.errorLines())
                    .singleElement()
                    .asString()
                    .startsWith("headrace: ")
                    .contains(words);
        }
    }

    private static HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(30))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends bytes and waits until the server has closed the connection or answered, or stays silent for a moment. */
    private static void send(String address, byte[] bytes) throws IOException {
        URI uri = URI.create("tcp://" + address);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(100);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            socket.getInputStream().read();
        } catch (IOException expected) {
            assertThat(expected).hasMessageMatching("(?i).*(reset|timed out|broken pipe|closed|aborted).*");
        }
    }
}
