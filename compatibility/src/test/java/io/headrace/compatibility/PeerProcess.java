/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a program of the reactive client: in a process of its own, whose class path is the packaged server's. */
final class PeerProcess {
    private PeerProcess() {}

    /** Runs {@code Peer.java} with these arguments behind the controller's address; returns the words of each line. */
    static List<String[]> run(Client client, String what, String stream, Object... more) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path lib = Path.of(System.getProperty("compat.home"), "lib");
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx512m",
                "-cp",
                lib + "/*",
                Path.of("src/test/peer/Peer.java").toString(),
                client.uri().toString(),
                what,
                client.scope() + "/" + stream));
        Arrays.stream(more).map(String::valueOf).forEach(command::add);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("the peer ended with " + process.exitValue() + ": " + output);
            }
            return output.lines().map(line -> line.split(" ")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
