/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged Headrace, standalone, in a process of its own on a temporary data directory. */
final class HeadraceProcess implements Server {
    private static final Pattern READY = Pattern.compile(
            "READY .*\"controller\":\"([^\"]*):(\\d+)\".*\"store\":\"[^\"]*:(\\d+)\".*\"http\":\"[^\"]*:(\\d+)\".*");

    private final String name;
    private final Path launcher;
    private final Path data;
    private final Path log;
    private final List<String> options;
    private ChildProcess process;
    private Matcher ports;

    private HeadraceProcess(String name, Path launcher, Path log, List<String> options) {
        this.name = name;
        this.launcher = launcher;
        this.log = log;
        this.options = options;
        this.data = Directories.temporary(name);
        this.process = launch("0", "0", "0");
        this.ports = awaitReady();
    }

    /** @param options settings beside data directory and ports, as on the command line */
    static HeadraceProcess start(String name, Path home, Path logs, String... options) {
        Path launcher = home.resolve("headrace").toAbsolutePath().normalize();
        if (!Files.isExecutable(launcher) || !Files.isDirectory(home.resolve("lib"))) {
            throw new IllegalStateException("No packaged server at " + launcher
                    + ": run 'mvn verify' at the top of the project, which packages it first");
        }
        return new HeadraceProcess(name, launcher, logs.resolve(name + ".log"), List.of(options));
    }

    @Override
    public URI controller() {
        return URI.create("tcp://" + ports.group(1) + ":" + ports.group(2));
    }

    /** Where it answers questions over HTTP. */
    URI http() {
        return URI.create("http://" + ports.group(1) + ":" + ports.group(4));
    }

    /** What it says about the scaling of a stream; an error in words if it does not answer. */
    String scaling(String scope, String stream) {
        URI uri = http().resolve("/v1/scopes/" + scope + "/streams/" + stream + "/scaling");
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public void kill() {
        process.kill();
    }

    /** Stops the process where it is, until {@link #resume}; its connections stay. */
    void pause() {
        process.signal("STOP");
    }

    void resume() {
        process.signal("CONT");
    }

    @Override
    public void restart() {
        process = launch(ports.group(2), ports.group(3), ports.group(4));
        ports = awaitReady();
    }

    @Override
    public void close() {
        process.kill();
        Directories.remove(data);
    }

    @Override
    public boolean durable() {
        return true;
    }

    @Override
    public long storedBytes() {
        return Directories.size(data);
    }

    @Override
    public String toString() {
        return "Headrace " + name + " at " + controller();
    }

    private ChildProcess launch(String controller, String store, String http) {
        List<String> command = new ArrayList<>(List.of(
                launcher.toString(),
                "standalone",
                "--data",
                data.toString(),
                "--controller-port",
                controller,
                "--store-port",
                store,
                "--http-port",
                http));
        command.addAll(options);
        return ChildProcess.start(command, data, log, line -> line.startsWith("READY "));
    }

    private Matcher awaitReady() {
        String line = process.awaitReady();
        Matcher matcher = READY.matcher(line);
        if (!matcher.matches()) {
            process.kill();
            throw new IllegalStateException("Cannot understand: " + line);
        }
        return matcher;
    }
}
