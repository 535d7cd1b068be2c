/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Settings;
import java.net.InetAddress;
import java.net.URI;

/**
 * Where the server listens and which address it tells clients.
 *
 * @param bind address that the ports are bound to
 * @param advertised host that clients are sent to
 */
record Exposure(String bind, String advertised) {

    /** @throws StartException if the settings would expose the server without saying so, or give clients no address */
    static Exposure of(Settings settings) {
        InetAddress host = settings.get(Settings.HOST);
        if (!host.isLoopbackAddress() && settings.get(Settings.SECURITY) != Settings.Security.OPEN) {
            throw new StartException("host " + host.getHostAddress()
                    + " can be reached from other machines, and nothing asks who connects: if everybody there may read"
                    + " and write all data, say so with --security open; else leave --host out");
        }
        if (host.isAnyLocalAddress() && settings.get(Settings.ADVERTISED_HOST).isEmpty()) {
            throw new StartException(
                    "host " + host.getHostAddress()
                            + " is no address that clients could connect to: say with --advertised-host which one they should use");
        }
        String bind = host.getHostAddress();
        return new Exposure(bind, settings.get(Settings.ADVERTISED_HOST).orElse(bind));
    }

    /** Where this process itself finds a port of its own. */
    URI self(int port) {
        String host = bind.equals("0.0.0.0") ? "127.0.0.1" : bind.equals("0:0:0:0:0:0:0:0") ? "::1" : bind;
        return URI.create("tcp://" + Addresses.of(host, port));
    }
}
