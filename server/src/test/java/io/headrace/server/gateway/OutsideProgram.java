/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine that the project knows nothing of. Its output goes to a file; it ends with all that it has started. */
final class OutsideProgram implements AutoCloseable {
    private static final long END_SECONDS = 30;

    private final Process process;
    private final Path output;

    private OutsideProgram(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** The first of these that is on the path. */
    static Optional<Path> find(String... names) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(names)
                .flatMap(name -> Arrays.stream(path.split(File.pathSeparator))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static OutsideProgram start(Path logs, List<String> command) throws IOException {
        Path output = Files.createTempFile(logs, "program", ".out");
        return new OutsideProgram(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    /** Completes when it has ended. */
    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** What it has printed when it has ended by itself. */
    String awaitOutput() throws InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs: " + this);
        }
        return toString();
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join());
    }

    /** What it has printed. */
    @Override
    public String toString() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
