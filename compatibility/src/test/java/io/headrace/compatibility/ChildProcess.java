/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** One child process whose readiness is a line on its standard output. It never outlives this virtual machine. */
final class ChildProcess {
    /** Each of the many syncs of a start takes seconds while the disk is busy with what was written before a kill. */
    private static final Duration READY = Duration.ofMinutes(5);
    /** Of what it has said, in the error if it does not get ready: enough for a thread dump. */
    private static final int TOLD_LINES = 600;

    private static final Duration DUMP = Duration.ofSeconds(2);

    private final Process process;
    private final Thread hook;
    private final Path log;
    /** Where what it says begins: before that is what an earlier one has said. */
    private final int logBegin;

    private final CompletableFuture<String> readyLine = new CompletableFuture<>();

    private ChildProcess(Process process, Path log, int logBegin) {
        this.process = process;
        this.log = log;
        this.logBegin = logBegin;
        this.hook = new Thread(this::destroy, "end " + log.getFileName());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @param ready tells the line of standard output that means ready
     * @param log both outputs are appended here
     */
    static ChildProcess start(List<String> command, Path directory, Path log, Predicate<String> ready) {
        try {
            Files.createDirectories(directory);
            Files.createDirectories(log.toAbsolutePath().getParent());
            int logBegin = Files.exists(log) ? (int) Files.size(log) : 0;
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(Redirect.appendTo(log.toFile()))
                    .start();
            ChildProcess child = new ChildProcess(process, log, logBegin);
            Thread reader = new Thread(() -> child.copyOutput(ready), "output of " + log.getFileName());
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.get(0), e);
        }
    }

    /** The line that said ready; waits for it. */
    String awaitReady() {
        try {
            return readyLine.get(READY.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server starts", e);
        } catch (TimeoutException e) {
            throw failed("The server did not get ready in " + READY.toMinutes() + " min", e);
        } catch (ExecutionException e) {
            throw failed("The server ended instead of getting ready", e);
        }
    }

    /** Has its threads told, if it still has some, and ends it. */
    private IllegalStateException failed(String what, Exception cause) {
        List<String> said = said();
        String last = said.get(said.size() - 1);
        if (process.isAlive()) {
            signal("QUIT");
            // Nothing tells when the whole dump is written.
            process.onExit()
                    .completeOnTimeout(process, DUMP.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
        kill();
        return new IllegalStateException(
                what + ": " + last + "\nThe end of " + log + ":\n" + String.join("\n", said()), cause);
    }

    /** The end of what it has said. */
    private List<String> said() {
        try {
            byte[] all = Files.readAllBytes(log);
            List<String> lines = new String(all, logBegin, all.length - logBegin, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.isEmpty()
                    ? List.of("it has said nothing")
                    : lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size());
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /** As {@code kill -9}; returns when the process is gone. */
    void kill() {
        destroy();
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    /**
     * Sends it a signal.
     *
     * @param name as {@code kill} knows it, such as {@code STOP}
     */
    void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            int status = kill.waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void destroy() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void copyOutput(Predicate<String> ready) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                Writer out = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write(line + "\n");
                out.flush();
                if (ready.test(line)) {
                    readyLine.complete(line);
                }
            }
        } catch (IOException e) {
            readyLine.completeExceptionally(e);
        }
        readyLine.completeExceptionally(new IllegalStateException("The server ended before it was ready"));
    }
}
