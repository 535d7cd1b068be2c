/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a {@link HeadraceClient}.
 *
 * @param controllers {@code tcp://host:port} of at least one controller; the others are asked when one does not answer
 * @param loops number of event loops, which are threads; everything that the client does happens on them
 * @param deadline how long a call may take in all, with all repetitions, before it fails as {@link UnavailableException}
 */
public record ClientOptions(List<URI> controllers, int loops, Duration deadline) {
    private static final int MAX_LOOPS = 64;
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);

    /** @throws IllegalArgumentException if there is no controller, or a setting out of bounds */
    public ClientOptions {
        controllers = List.copyOf(controllers);
        if (controllers.isEmpty()) {
            throw new IllegalArgumentException("the address of a controller is needed");
        }
        controllers.forEach(ClientOptions::check);
        if (loops < 1 || loops > MAX_LOOPS) {
            throw new IllegalArgumentException("the number of loops must be 1 to " + MAX_LOOPS + ", not " + loops);
        }
        if (deadline.toMillis() < 1) {
            throw new IllegalArgumentException("a deadline of " + deadline + " is too short");
        }
    }

    /** Two event loops, a deadline of one minute. */
    public static ClientOptions of(URI... controllers) {
        return new ClientOptions(List.of(controllers), 2, DEFAULT_DEADLINE);
    }

    public ClientOptions withLoops(int number) {
        return new ClientOptions(controllers, number, deadline);
    }

    public ClientOptions withDeadline(Duration other) {
        return new ClientOptions(controllers, loops, other);
    }

    private static void check(URI controller) {
        if (!"tcp".equals(controller.getScheme()) || controller.getHost() == null || controller.getPort() <= 0) {
            throw new IllegalArgumentException(controller + " is not of the form tcp://host:port");
        }
    }
}
