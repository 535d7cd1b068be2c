/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What a client on this machine meets, from the controller that it is given to the stores that it is sent to. */
final class ClientChecks {
    /** So many segments are in every partition of a cluster that is not very large. */
    private static final int SEGMENTS = 256;

    private ClientChecks() {}

    static void run(Endpoint controller, Findings to) throws InterruptedException {
        Optional<String> failure = Probe.connect(controller);
        if (failure.isPresent()) {
            to.problem(
                    "controller",
                    "cannot connect to " + controller + ": " + failure.get(),
                    "start the server, correct --controller, or open that port in what is in between");
            return;
        }
        try (ControllerCalls calls = new ControllerCalls(controller)) {
            List<Endpoint> controllers = calls.controllers();
            to.ok("controller", controller + " answers");
            controllers.forEach(listed -> listed(controller, listed, to));
            Set<String> stores = new TreeSet<>();
            for (int i = 0; i < SEGMENTS; i++) {
                stores.add(calls.storeOf("_system", "doctor-" + i).toString());
            }
            stores.forEach(store -> store(controller, Endpoint.parse(store), to));
        } catch (ExecutionException | TimeoutException e) {
            to.problem(
                    "controller",
                    controller + " does not answer as a controller does: "
                            + (e instanceof TimeoutException ? "no answer in time" : String.valueOf(e.getCause())),
                    "is that the --" + Settings.CONTROLLER_PORT.name() + " of the server? Its log says what it makes of"
                            + " this");
        }
    }

    /** Clients that know several controllers ask for this list and use it from then on. */
    private static void listed(Endpoint asked, Endpoint listed, Findings to) {
        if (listed.port() != 0 && !listed.equals(asked)) {
            told("listed controller", asked, listed, Probe.connect(listed), Settings.ADVERTISED_CONTROLLER.name(), to);
        }
    }

    private static void store(Endpoint controller, Endpoint store, Findings to) {
        told("store", controller, store, Probe.greetStore(store), Settings.ADVERTISED_STORE.name(), to);
    }

    static void told(
            String check, Endpoint controller, Endpoint told, Optional<String> failure, String setting, Findings to) {
        String correct = "correct --" + setting + " or --" + Settings.ADVERTISED_HOST.name() + " of that server";
        if (Probe.isLocal(told.host()) && !Probe.isLocal(controller.host())) {
            to.problem(
                    check,
                    "clients are sent to " + told + ", which is their own machine, wherever they are",
                    correct + ": its ports listen on an address that others cannot reach, or it says so");
        } else if (failure.isPresent()) {
            to.problem(
                    check,
                    "clients are sent to " + told + ", and from here that fails: " + failure.get(),
                    correct + ", or open that port in what is in between");
        } else if (Probe.isLocal(told.host())) {
            to.ok(check, told + " answers; only programs on this machine can use it");
        } else {
            to.ok(check, told + " answers");
        }
    }
}
