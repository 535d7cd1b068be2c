/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ClientOptions;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that talk to a server. */
final class Connection extends Surroundings {

    /** What a command does while it is connected. */
    interface Work {
        void run(Session session) throws InterruptedException;
    }

    @Option(
            names = "--controller",
            paramLabel = "HOST:PORT,...",
            description =
                    "Controllers of the server (also: " + Contexts.CONTROLLER_VARIABLE + "). Default: 127.0.0.1:9090.")
    @Nullable
    String controller;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Its HTTP port (also: " + Contexts.HTTP_VARIABLE + "). Default: port 10080 of that host.")
    @Nullable
    String http;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The server of that name (also: " + Contexts.CONTEXT_VARIABLE + "); see headrace context.")
    @Nullable
    String context;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long the server may take to answer. Default: 30s.")
    Duration timeout = Duration.ofSeconds(30);

    /** Connects, works, and closes the connection. */
    void run(Work work) throws InterruptedException {
        run(null, work);
    }

    /** The same; if what it is about is not there, what is there and has a similar name is told. */
    void run(@Nullable Subject subject, Work work) throws InterruptedException {
        Console console = console();
        Context server = Contexts.of(console).resolve(controller, http, context);
        server.checkReachable();
        ClientOptions options = ClientOptions.of(server.controllerUris().toArray(new URI[0]))
                .withLoops(1)
                .withDeadline(timeout);
        try (HeadraceClient client = HeadraceClient.connect(options)) {
            Session session = new Session(client, console, printer());
            try {
                work.run(session);
            } catch (HeadraceException e) {
                throw Advice.on(e, client, subject);
            }
        }
    }

    /** For what is asked over HTTP alone. */
    HttpQuestions http() {
        return new HttpQuestions(
                Contexts.of(console()).resolve(controller, http, context).httpUri(), timeout);
    }
}
