/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a bookie belongs.
 *
 * @param zooKeeper servers of the ensemble that knows it, as {@code host:port,host:port}
 * @param host address that it listens on
 * @param advertised name or address that clients are told; here it means {@code host}, unless that stands for all addresses
 * @param name tells it from the other bookies; empty for the only one, which is named by its cluster
 * @param paths says whether ZooKeeper has a path
 */
record BookieSite(String zooKeeper, InetAddress host, String advertised, Optional<String> name, Paths paths) {

    /** Asks ZooKeeper. */
    @FunctionalInterface
    interface Paths {
        boolean exists(String path) throws Exception;
    }

    boolean exists(String path) throws Exception {
        return paths.exists(path);
    }
}
