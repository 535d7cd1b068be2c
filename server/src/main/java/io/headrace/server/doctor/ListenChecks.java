/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.server.Exposure;
import io.headrace.server.StartException;
import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where a server is to listen, and what it will tell others. */
final class ListenChecks {
    private ListenChecks() {}

    static void run(Settings settings, boolean ofCluster, Findings to) {
        ports(settings, ofCluster, to);
        Exposure exposure;
        try {
            exposure = Exposure.of(settings);
        } catch (StartException e) {
            to.problem("host", String.valueOf(e.getMessage()), "a server with these settings does not start");
            return;
        }
        to.ok("host", "it will listen on " + exposure.bind());
        advertised(settings, exposure, ofCluster, to);
    }

    private static Map<Setting<Integer>, Setting<Optional<Endpoint>>> listeners(boolean ofCluster) {
        Map<Setting<Integer>, Setting<Optional<Endpoint>>> listeners = new LinkedHashMap<>();
        listeners.put(Settings.CONTROLLER_PORT, Settings.ADVERTISED_CONTROLLER);
        listeners.put(Settings.STORE_PORT, Settings.ADVERTISED_STORE);
        listeners.put(Settings.HTTP_PORT, Settings.ADVERTISED_HTTP);
        if (ofCluster) {
            listeners.put(Settings.CLUSTER_PORT, Settings.ADVERTISED_CLUSTER);
            listeners.put(Settings.BUS_PORT, Settings.ADVERTISED_BUS);
        }
        return listeners;
    }

    private static void ports(Settings settings, boolean ofCluster, Findings to) {
        listeners(ofCluster).keySet().forEach(setting -> {
            int port = settings.get(setting);
            String check = setting.name().replace('-', ' ');
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(settings.get(Settings.HOST), port));
                to.ok(check, port == 0 ? "any that is free" : port + " is free");
            } catch (IOException e) {
                to.problem(
                        check,
                        "cannot listen on " + port + ": " + e.getMessage(),
                        "stop the program that has it, or choose another with --" + setting.name()
                                + "; if that is the server to be looked at, say where with --controller");
            }
        });
    }

    private static void advertised(Settings settings, Exposure exposure, boolean ofCluster, Findings to) {
        listeners(ofCluster).forEach((port, setting) -> {
            Endpoint endpoint = exposure.of(setting, settings.get(port));
            String check = setting.name().replace('-', ' ');
            boolean isOpen = !settings.get(Settings.HOST).isLoopbackAddress();
            try {
                InetAddress address = InetAddress.getByName(endpoint.host());
                if (isOpen && (address.isLoopbackAddress() || address.isAnyLocalAddress())) {
                    to.problem(
                            check,
                            endpoint + " is this machine itself for everybody who is told",
                            "name an address that others can reach with --" + setting.name() + " or --"
                                    + Settings.ADVERTISED_HOST.name());
                } else {
                    to.ok(check, endpoint.toString());
                }
            } catch (UnknownHostException e) {
                to.problem(
                        check,
                        endpoint.host() + " has no address on this machine",
                        "correct --" + setting.name() + " or --" + Settings.ADVERTISED_HOST.name()
                                + ", or the name service");
            }
        });
    }
}
