/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.SealedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.data.Places;
import io.reactivex.rxjava3.core.Flowable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace read} and {@code headrace tail}. */
final class ReadCommands {

    /** The options of both. */
    static final class Printing {
        @Option(names = "--limit", paramLabel = "N", description = "At most so many events.")
        long limit = Long.MAX_VALUE;

        @Option(
                names = "--format",
                paramLabel = "text|json|hex|base64",
                description =
                        "How to print an event, on a line of its own; json tells its position, too. Default: text,"
                                + " or json with --output json.")
        EventOutput.@Nullable Format format;

        EventOutput to(Session session) {
            EventOutput.Format byDefault =
                    session.printer().output() == Output.JSON ? EventOutput.Format.JSON : EventOutput.Format.TEXT;
            return new EventOutput(session.console(), format == null ? byDefault : format);
        }
    }

    private ReadCommands() {}

    @Command(
            name = "read",
            description =
                    "Prints the events of a stream, for each routing key in their order, up to what is there now.")
    static void read(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--from",
                            defaultValue = "earliest",
                            paramLabel = "PLACE",
                            description = "earliest, latest, time:INSTANT, cut:CUT (see headrace stream cut) or"
                                    + " position:POSITION (see --format json). Default: earliest.")
                    String from,
            @Option(names = "--to", defaultValue = "latest", paramLabel = "PLACE", description = "Default: latest.")
                    String to,
            @Mixin Printing printing)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            EventReader<byte[]> reader =
                    session.client().reader(stream, Serializers.bytes()).from(Places.parse(stream, from));
            EventOutput output = printing.to(session);
            bounded(session, reader, stream, to).events().take(printing.limit).blockingForEach(output::print);
            output.flush();
        });
    }

    /** A sealed stream has an end of its own. */
    private static EventReader<byte[]> bounded(
            Session session, EventReader<byte[]> reader, StreamName stream, String to) {
        try {
            return reader.until(session.client()
                    .reader(stream, Serializers.bytes())
                    .from(Places.parse(stream, to))
                    .start()
                    .blockingGet());
        } catch (SealedException e) {
            return reader;
        }
    }

    @Command(
            name = "tail",
            description = "Prints what is written to a stream from now on, until Ctrl-C or the end of a sealed stream.")
    static void tail(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--from",
                            defaultValue = "latest",
                            paramLabel = "PLACE",
                            description = "Where to begin, as for headrace read. Default: latest.")
                    String from,
            @Mixin Printing printing)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            EventOutput output = printing.to(session);
            Flowable<Event<byte[]>> events = session.client()
                    .reader(stream, Serializers.bytes())
                    .from(Places.parse(stream, from))
                    .events()
                    .take(printing.limit);
            events.blockingForEach(event -> {
                output.print(event);
                output.flush();
            });
        });
    }
}
