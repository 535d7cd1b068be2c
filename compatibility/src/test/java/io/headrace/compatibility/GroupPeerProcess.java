/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The program {@code GroupPeer.java} of the reactive client: in a process of its own that does what it is told. */
final class GroupPeerProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;

    /** What it has read, with its position as bytes. */
    record Read(String value, String pointer, String position) {}

    private final Process process;
    private final Writer commands;
    private final Thread reader;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<Read> events = new ArrayList<>();
    private final LinkedBlockingQueue<String> endings = new LinkedBlockingQueue<>();

    private GroupPeerProcess(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.reader = new Thread(this::readOutput, "output of the peer");
        reader.setDaemon(true);
        reader.start();
    }

    static GroupPeerProcess start(Client client, String stream) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path lib = Path.of(System.getProperty("compat.home"), "lib");
        try {
            return client.own(new GroupPeerProcess(new ProcessBuilder(
                            java.toString(),
                            "-Xmx256m",
                            "-cp",
                            lib + "/*",
                            Path.of("src/test/peer/GroupPeer.java").toString(),
                            client.uri().toString(),
                            client.scope() + "/" + stream)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("event")) {
                    add(new Read(words[1], words[2], words[3]));
                } else if (words[0].equals("ended")) {
                    endings.add(line);
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add("failed " + e);
        }
        answers.add("failed: the peer has ended");
    }

    private synchronized void add(Read event) {
        events.add(event);
    }

    /** What it has read so far. */
    synchronized List<Read> events() {
        return List.copyOf(events);
    }

    List<String> values() {
        return events().stream().map(Read::value).toList();
    }

    /** Has it do something, which must succeed; returns the words of each line that it has to say. */
    List<String[]> run(String command, Object... more) {
        send(command, more);
        return answer();
    }

    /** Has it do something; {@link #answer} tells the end. */
    void send(String command, Object... more) {
        StringBuilder line = new StringBuilder(command);
        for (Object word : more) {
            line.append(' ').append(word);
        }
        try {
            commands.write(line.append('\n').toString());
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String[]> answer() {
        List<String[]> lines = new ArrayList<>();
        for (String line = next(answers); !line.equals("ok"); line = next(answers)) {
            if (line.startsWith("failed")) {
                throw new AssertionError(line);
            }
            lines.add(line.split(" ", -1));
        }
        return lines;
    }

    /** The one word behind the first of the only line that it has to say. */
    String ask(String command, Object... more) {
        return run(command, more).get(0)[1];
    }

    /** How its reading has ended. */
    String ending() {
        return next(endings);
    }

    private static String next(LinkedBlockingQueue<String> lines) {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("the peer says nothing");
            }
            return line;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@code kill -9}; all that it has printed is known when this returns. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets it close its client and end. */
    @Override
    public void close() {
        if (process.isAlive()) {
            try {
                commands.close();
            } catch (IOException e) {
                process.destroyForcibly();
            }
            awaitEnd();
        }
    }
}
