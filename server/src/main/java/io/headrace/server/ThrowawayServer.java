/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server in this process, on free ports and a temporary data directory that is removed at the end. */
final class ThrowawayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThrowawayServer.class);

    private final Server<Addresses> server;
    private final Path data;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ThrowawayServer(Server<Addresses> server, Path data) {
        this.server = server;
        this.data = data;
    }

    /** @throws StartException if it cannot start */
    static ThrowawayServer start() {
        Path data;
        try {
            data = Files.createTempDirectory("headrace-demo");
        } catch (IOException e) {
            throw new StartException("cannot create a temporary directory: " + e.getMessage(), e);
        }
        Map<String, String> options =
                Map.of("data", data.toString(), "controller-port", "0", "store-port", "0", "http-port", "0");
        try {
            ThrowawayServer server =
                    new ThrowawayServer(Standalone.start(Settings.resolve(options, Map.of(), null)), data);
            Shutdown.close(server::close);
            return server;
        } catch (StartException e) {
            remove(data);
            throw e;
        }
    }

    Addresses addresses() {
        return server.addresses();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.close();
            remove(data);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} could not be removed: {}", directory, e.toString());
        }
    }
}
