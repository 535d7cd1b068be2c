/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which server the commands talk to.
 *
 * @param name as it was saved; the empty text for one that was not
 * @param controllers {@code HOST:PORT} of one or more controllers, with commas between
 * @param http {@code HOST:PORT} of the HTTP port; the empty text for the usual port of the first controller's host
 */
record Context(String name, String controllers, String http) {
    private static final String DEFAULT_CONTROLLER = "127.0.0.1:9090";
    private static final int HTTP_PORT = 10_080;
    private static final int PROBE_MILLIS = 2_000;

    /** A server on this machine with the usual ports. */
    static final Context HERE = new Context("", DEFAULT_CONTROLLER, "");

    /** @throws CommandException if an address is none */
    Context {
        var unused = uris(controllers);
        if (!http.isEmpty()) {
            var unusedToo = uri("http", http, "--http");
        }
    }

    List<URI> controllerUris() {
        return uris(controllers);
    }

    URI httpUri() {
        return http.isEmpty()
                ? URI.create("http://" + controllerUris().get(0).getHost() + ":" + HTTP_PORT)
                : uri("http", http, "--http");
    }

    /**
     * Looks whether anybody listens, so that a wrong address is told at once and not after all repetitions of a call.
     *
     * @throws CommandException if none of the controllers takes a connection
     */
    void checkReachable() {
        List<String> problems = new ArrayList<>();
        for (URI controller : controllerUris()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(controller.getHost(), controller.getPort()), PROBE_MILLIS);
                return;
            } catch (IOException e) {
                problems.add(e.getMessage());
            }
        }
        throw CommandException.failed("no server answers at " + controllers
                + (name.isEmpty() ? "" : ", which the context " + name + " names") + " ("
                + String.join("; ", problems) + "); start one with: headrace standalone;"
                + " or say where one is with --controller HOST:PORT or headrace context use NAME");
    }

    private static List<URI> uris(String controllers) {
        return Arrays.stream(controllers.split(",", -1))
                .map(controller -> uri("tcp", controller.strip(), "--controller"))
                .toList();
    }

    private static URI uri(String scheme, String address, String option) {
        String plain = address.startsWith(scheme + "://") ? address.substring(scheme.length() + 3) : address;
        try {
            URI uri = URI.create(scheme + "://" + plain);
            if (uri.getHost() != null && uri.getPort() > 0) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // It is said below, in words that help.
        }
        throw CommandException.badUsage(
                option + ": \"" + address + "\" is not of the form HOST:PORT, such as " + DEFAULT_CONTROLLER);
    }
}
