/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.verticles.net.ConnectionLimit;

/**
 * Where the store listens and how much its connections may hold.
 *
 * @param host address to bind
 * @param port 0 for any that is free
 * @param controllerPort named in the log when a client of the controller comes here by mistake; 0 if not known
 * @param connections more are refused
 * @param appendBytes a connection with this many bytes of appends and table updates handed over and not answered is
 *     not read from
 * @param requests a connection with this many other requests not answered is not read from; waiting reads do not count
 * @param waitingReads a connection with more reads than this not answered is closed
 * @param replyBytes a connection with this many bytes of replies not taken by the peer is not read from
 * @param limits of commands that are not complete
 */
public record WireOptions(
        String host,
        int port,
        int controllerPort,
        int connections,
        int appendBytes,
        int requests,
        int waitingReads,
        int replyBytes,
        WireLimits limits) {

    /** Loopback, the protocol's usual ports. */
    public static final WireOptions DEFAULT = new WireOptions(
            "127.0.0.1", 12345, 9090, ConnectionLimit.DEFAULT, 16 << 20, 1024, 65_536, 8 << 20, WireLimits.DEFAULT);

    public WireOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ", must be 0 to 65535");
        }
        if (connections < 1 || appendBytes < 1 || requests < 1 || waitingReads < 1 || replyBytes < 1) {
            throw new IllegalArgumentException("the bounds must be positive");
        }
    }

    /** The same with another address. */
    public WireOptions listeningOn(String newHost, int newPort) {
        return with(newHost, newPort, controllerPort, connections, limits);
    }

    /** The same beside a controller with another port. */
    public WireOptions besideController(int newControllerPort) {
        return with(host, port, newControllerPort, connections, limits);
    }

    /** The same with so many connections at most. */
    public WireOptions accepting(int newConnections) {
        return with(host, port, controllerPort, newConnections, limits);
    }

    /** The same with other limits. */
    public WireOptions within(WireLimits newLimits) {
        return with(host, port, controllerPort, connections, newLimits);
    }

    private WireOptions with(
            String newHost, int newPort, int newControllerPort, int newConnections, WireLimits newLimits) {
        return new WireOptions(
                newHost,
                newPort,
                newControllerPort,
                newConnections,
                appendBytes,
                requests,
                waitingReads,
                replyBytes,
                newLimits);
    }
}
