/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.net.URI;
import java.nio.file.Path;

/** A server process under test. It listens on loopback only. */
interface Server extends AutoCloseable {

    /** Where clients connect: {@code tcp://127.0.0.1:port}. The same over restarts. */
    URI controller();

    boolean alive();

    /** Ends the process as {@code kill -9} does and returns when it is gone. */
    void kill();

    /** Starts the process again on the same data and the same ports; returns when it is ready. */
    void restart();

    /** Kills the process and removes its data. */
    @Override
    void close();

    /** Whether what was acknowledged survives {@link #kill}. */
    boolean durable();

    /** Bytes of all files of a durable server, roughly: they may be written ahead. */
    default long storedBytes() {
        throw new UnsupportedOperationException("Not on our disk: " + controller());
    }

    /**
     * Starts the server named by the property {@code compat.server}: {@code headrace}, {@code reference}, or the
     * controller address of a server that runs already.
     *
     * @param name goes into the name of the log file
     */
    static Server start(String name) {
        Path logs = Path.of(System.getProperty("compat.logs", "target/servers"));
        String kind = System.getProperty("compat.server", "headrace");
        return switch (kind) {
            case "headrace" -> HeadraceProcess.start(name, Path.of(property("compat.home")), logs);
            case "reference" -> ReferenceProcess.start(name, Path.of(property("compat.reference")), logs);
            default -> new RunningServer(URI.create(kind));
        };
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("System property " + name + " is missing");
        }
        return value;
    }
}
