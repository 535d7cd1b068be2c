/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The reference server (see {@code reference/pom.xml}), standalone and in memory: it shows that the tests themselves are
 * right. It forgets everything when it ends. It binds the wildcard address: run it in a network namespace of its own.
 */
final class ReferenceProcess implements Server {
    private static final String LOGBACK = """
            <configuration>
              <appender name="S" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
              </appender>
              <logger name="io.pravega.local" level="INFO"/>
              <root level="WARN"><appender-ref ref="S"/></root>
            </configuration>
            """;

    private final Path directory;
    private final Path lib;
    private final Path log;
    private final int zooKeeperPort;
    private final int controllerPort;
    private final int storePort;
    private ChildProcess process;

    private ReferenceProcess(String name, Path lib, Path log) {
        this.lib = lib;
        this.log = log;
        this.directory = Directories.temporary("reference-" + name);
        try (ServerSocket a = any();
                ServerSocket b = any();
                ServerSocket c = any()) {
            this.zooKeeperPort = a.getLocalPort();
            this.controllerPort = b.getLocalPort();
            this.storePort = c.getLocalPort();
            Files.writeString(directory.resolve("logback.xml"), LOGBACK);
            Files.writeString(directory.resolve("empty.properties"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.process = launch();
    }

    static ReferenceProcess start(String name, Path lib, Path logs) {
        if (!Files.isDirectory(lib)) {
            throw new IllegalStateException("No reference server at " + lib
                    + ": run 'mvn -f compatibility/reference/pom.xml prepare-package' first");
        }
        return new ReferenceProcess(name, lib.toAbsolutePath().normalize(), logs.resolve(name + ".log"));
    }

    @Override
    public URI controller() {
        return URI.create("tcp://127.0.0.1:" + controllerPort);
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() {
        process = launch();
    }

    @Override
    public void close() {
        process.kill();
        Directories.remove(directory);
    }

    @Override
    public boolean durable() {
        return false;
    }

    private ChildProcess launch() {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx4g"));
        for (String opened : List.of("java.nio", "java.io", "java.lang", "jdk.internal.misc")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Djava.net.preferIPv4Stack=true",
                "-Dsinglenode.configurationFile=empty.properties",
                "-Dsinglenode.controller.rest.enable=false",
                "-Dsinglenode.admin.gateway.enable=false",
                "-Dsinglenode.zk.port=" + zooKeeperPort,
                "-Dsinglenode.controller.rpc.port=" + controllerPort,
                "-Dsinglenode.segmentStore.port=" + storePort,
                "-cp",
                directory + ":" + lib + "/*",
                "io.pravega.local.LocalPravegaEmulator"));
        ChildProcess started =
                ChildProcess.start(command, directory, log, line -> line.contains("Sandbox is running locally now"));
        String ready = started.awaitReady();
        assert !ready.isEmpty();
        return started;
    }

    private static ServerSocket any() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
