/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A writer that is a process of its own, to be killed. It writes blocks to a chunk, as {@link Bytes} makes them of seed 0,
 * and says after each how much is acknowledged.
 */
final class WriterProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private WriterProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static WriterProcess start(URI address, String chunk, int blockBytes, Map<String, String> properties)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.net.preferIPv4Stack=true",
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile")));
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                WriterProcess.class.getName(),
                address.toString(),
                chunk,
                Integer.toString(blockBytes)));
        return new WriterProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits until this much has been acknowledged. */
    void awaitAcknowledged(long bytes) throws IOException {
        long acknowledged = 0;
        while (acknowledged < bytes) {
            String line = output.readLine();
            if (line == null) {
                throw new AssertionError("the writer ended after " + acknowledged + " bytes");
            }
            acknowledged = Long.parseLong(line);
        }
    }

    /** As {@code kill -9}. Returns what had been acknowledged at least. */
    long kill() throws IOException {
        // By its handle: destroying the process itself would close its output, too.
        process.toHandle().destroyForcibly();
        process.onExit().join();
        long acknowledged = 0;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            acknowledged = Long.parseLong(line);
        }
        return acknowledged;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] arguments) {
        int blockBytes = Integer.parseInt(arguments[2]);
        try (TestLoop loop = new TestLoop();
                ChunkStorage storage = ChunkStorages.open(URI.create(arguments[0]), Chunks.PATIENT)) {
            Chunks.Writer writer = new Chunks(storage, loop).create(arguments[1]);
            long length = 0;
            while (true) {
                length = writer.write(length, Bytes.of(0, length, blockBytes));
                System.out.println(length);
                System.out.flush();
            }
        }
    }
}
