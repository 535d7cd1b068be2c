/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.net.URI;
import java.nio.file.Path;

/** A server process under test. It listens on loopback only. */
interface Server extends AutoCloseable {

    /** How often what happens by the clock happens, so that tests can wait for it. */
    String PERIOD = "1s";

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
        return switch (kind()) {
            case "headrace" -> startHeadrace(name, "--retention-period", PERIOD, "--watermark-period", PERIOD);
            case "reference" -> ReferenceProcess.start(name, Path.of(property("compat.reference")), logs());
            default -> new RunningServer(URI.create(kind()));
        };
    }

    /**
     * Starts a Headrace with settings of its own.
     *
     * @param options as on the command line
     */
    static HeadraceProcess startHeadrace(String name, String... options) {
        return HeadraceProcess.start(name, Path.of(property("compat.home")), logs(), options);
    }

    /** Starts a cluster of Headrace. */
    static ClusterProcesses startCluster(String name) {
        return ClusterProcesses.start(name, Path.of(property("compat.home")), logs());
    }

    /** Whether the server under test is Headrace, started by these tests. */
    static boolean isHeadrace() {
        return kind().equals("headrace");
    }

    private static String kind() {
        return System.getProperty("compat.server", "headrace");
    }

    private static Path logs() {
        return Path.of(System.getProperty("compat.logs", "target/servers"));
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("System property " + name + " is missing");
        }
        return value;
    }
}
