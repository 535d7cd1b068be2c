/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.settings.Setting;
import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import io.headrace.verticles.net.Reach;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server tells others of where it is reached, tried from here once it serves. An address that cannot be reached is no
 * reason not to start: some networks do not let a machine connect to its own address outside of them.
 */
final class OwnAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAddresses.class);
    private static final int LIMIT_MILLIS = 3_000;

    private record Own(String listener, Setting<Optional<Endpoint>> setting, Endpoint endpoint) {}

    private final Exposure exposure;
    private final List<Own> all = new ArrayList<>();

    OwnAddresses(Exposure exposure) {
        this.exposure = exposure;
    }

    Endpoint controller(int port) {
        return add("controller", Settings.ADVERTISED_CONTROLLER, port);
    }

    Endpoint store(int port) {
        return add("store", Settings.ADVERTISED_STORE, port);
    }

    Endpoint http(int port) {
        return add("HTTP port", Settings.ADVERTISED_HTTP, port);
    }

    Endpoint bus(int port) {
        return add("event bus", Settings.ADVERTISED_BUS, port);
    }

    /** Says where others reach a listener; port 0, without an address of its own, stands for none. */
    private Endpoint add(String listener, Setting<Optional<Endpoint>> setting, int port) {
        Endpoint endpoint = exposure.of(setting, port);
        if (endpoint.port() != 0) {
            all.add(new Own(listener, setting, endpoint));
        }
        return endpoint;
    }

    /** Begins to try all of them; each that is not reached has a line in the log. */
    void check(Vertx vertx) {
        Reach reach = new Reach(vertx, LIMIT_MILLIS);
        for (Own own : all) {
            reach.attempt(own.endpoint)
                    .onSuccess(failure -> failure.ifPresent(reason -> LOG.warn(
                            "others are told that the {} is at {}, which this server itself cannot connect to ({}): if they cannot"
                                    + " either, correct --{} or --{}",
                            own.listener,
                            own.endpoint,
                            reason,
                            own.setting.name(),
                            Settings.ADVERTISED_HOST.name())));
        }
    }
}
