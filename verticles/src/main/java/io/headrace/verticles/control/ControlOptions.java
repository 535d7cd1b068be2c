/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

/**
 * Where the control face listens and what it tells clients.
 *
 * @param host address to bind to
 * @param port to listen on; 0 for any free one
 * @param connections more are refused
 * @param controller what clients are told to reach this controller at; port 0 stands for the one that is listened on
 * @param store what clients are told to reach segments at
 */
public record ControlOptions(String host, int port, int connections, Endpoint controller, Endpoint store) {

    /** A host and port that clients can reach. */
    public record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
