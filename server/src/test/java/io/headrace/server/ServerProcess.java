/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The launcher of the packaged distribution, as a process of its own. Its output goes to two files, so that it can never
 * block on a pipe that nobody reads.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Path LAUNCHER =
            Path.of(System.getProperty("headrace.distribution")).resolve("headrace");
    private static final String JAVA_OPTIONS = "-Xms64m -Xmx512m";
    /** What the JVM of these tests has, too. */
    private static final String MORE_OPTIONS =
            " " + System.getProperty("headrace.compilers", "") + " -Djava.net.preferIPv4Stack=true";

    private static final long READY_SECONDS = 180;
    private static final long END_SECONDS = 60;

    private final Process process;
    private final Path output;
    private final Path errors;

    private ServerProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts {@code headrace} with these arguments. */
    public static ServerProcess start(Path logs, String... arguments) throws IOException {
        return start(JAVA_OPTIONS, logs, arguments);
    }

    /** Starts {@code headrace} with these arguments, in a JVM with these options. */
    public static ServerProcess start(String javaOptions, Path logs, String... arguments) throws IOException {
        Path output = Files.createTempFile(logs, "server", ".out");
        Path errors = Files.createTempFile(logs, "server", ".err");
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().put("HEADRACE_JAVA_OPTS", javaOptions + MORE_OPTIONS);
        return new ServerProcess(builder.start(), output, errors);
    }

    /** Starts a server on free ports. */
    public static ServerProcess standalone(Path logs, Path data, String... more) throws IOException {
        return withMemory(JAVA_OPTIONS, logs, data, more);
    }

    /** Starts a server on free ports, in a JVM with these options. */
    static ServerProcess withMemory(String javaOptions, Path logs, Path data, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "standalone",
                "--data",
                data.toString(),
                "--controller-port",
                "0",
                "--store-port",
                "0",
                "--http-port",
                "0"));
        arguments.addAll(Arrays.asList(more));
        return start(javaOptions, logs, arguments.toArray(new String[0]));
    }

    Addresses awaitReady() throws IOException, InterruptedException {
        JsonObject json = awaitReadyLine();
        return new Addresses(json.getString("controller"), json.getString("store"), json.getString("http"));
    }

    /** Waits for the READY line; returns what it says. */
    public JsonObject awaitReadyLine() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < deadline) {
            String text = output();
            if (text.startsWith("READY ") && text.endsWith("\n")) {
                return new JsonObject(text.substring("READY ".length()));
            }
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("ended with " + process.exitValue() + " instead of getting ready:\n" + this);
            }
        }
        throw new AssertionError("not ready after " + READY_SECONDS + " s:\n" + this);
    }

    /** Waits until the server serves, and says where its controller listens. */
    public HostAndPort awaitController() throws IOException, InterruptedException {
        return HostAndPort.parseAuthority(awaitReady().controller(), -1);
    }

    /** Waits for the end of the process and returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs after " + END_SECONDS + " s:\n" + this);
        }
        return process.exitValue();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends a signal, STOP and CONT among them; returns when it has been sent. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("the signal could not be sent");
        }
    }

    /** As {@code kill -9}; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    public List<String> errorLines() throws IOException {
        return Files.readAllLines(errors, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        try {
            return "standard output:\n" + output() + "standard error:\n" + String.join("\n", errorLines());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
