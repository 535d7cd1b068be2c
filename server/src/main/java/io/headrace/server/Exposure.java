/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the server listens and which addresses it tells others.
 *
 * @param bind address that the ports are bound to
 * @param advertised host that others are sent to
 * @param own where listeners are reached that have an address of their own, by its setting
 */
public record Exposure(String bind, String advertised, Map<Setting<Optional<Endpoint>>, Endpoint> own) {
    private static final List<Setting<Optional<Endpoint>>> LISTENERS = List.of(
            Settings.ADVERTISED_CONTROLLER,
            Settings.ADVERTISED_STORE,
            Settings.ADVERTISED_HTTP,
            Settings.ADVERTISED_CLUSTER,
            Settings.ADVERTISED_BUS);

    public Exposure {
        own = Map.copyOf(own);
    }

    /**
     * What the settings say.
     *
     * @throws StartException if the settings would expose the server without saying so, or give clients no address
     */
    public static Exposure of(Settings settings) {
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
        Map<Setting<Optional<Endpoint>>, Endpoint> own = new HashMap<>();
        LISTENERS.forEach(listener -> settings.get(listener).ifPresent(endpoint -> own.put(listener, endpoint)));
        return new Exposure(bind, settings.get(Settings.ADVERTISED_HOST).orElse(bind), own);
    }

    /**
     * Where others reach a listener.
     *
     * @param listener the setting that may say so
     * @param port that it listens on
     */
    public Endpoint of(Setting<Optional<Endpoint>> listener, int port) {
        Endpoint endpoint = own.get(listener);
        return endpoint == null ? new Endpoint(advertised, port) : endpoint;
    }

    /** Where this process itself finds a port of its own. */
    URI self(int port) {
        String host = bind.equals("0.0.0.0") ? "127.0.0.1" : bind.equals("0:0:0:0:0:0:0:0") ? "::1" : bind;
        return URI.create("tcp://" + Addresses.of(host, port));
    }
}
