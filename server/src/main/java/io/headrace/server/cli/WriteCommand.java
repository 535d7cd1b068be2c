/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.EventWriter;
import io.headrace.client.Serializer;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace write}. */
final class WriteCommand {
    private WriteCommand() {}

    @Command(
            name = "write",
            description = {
                "Writes each line of standard input or of files as an event.",
                "Lines are read as fast as they become durable. Lines with the same routing key keep their order; without"
                        + " one they may go to any segment."
            })
    static void write(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/STREAM") StreamName stream,
            @Parameters(index = "1..*", arity = "0..*", paramLabel = "FILE", description = "- is standard input.")
                    @Nullable
                    List<Path> files,
            @Mixin RoutingKeys keys,
            @Option(names = "--transaction", description = "All lines are seen, or, if anything fails, none.")
                    boolean transaction)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            Lines lines = new Lines(
                    files == null ? List.of() : files, session.console().in());
            EventWriter<RoutingKeys.Keyed> writer = session.client().writer(stream, events());
            Flowable<RoutingKeys.Keyed> events = lines.flow().map(keys.extractor()::apply);
            try {
                written(writer, events, keys.areGiven(), transaction).blockingAwait();
            } catch (CommandException e) {
                throw CommandException.failed(e.getMessage()
                        + (transaction ? "; nothing was written" : "; what stands before it was written"));
            }
            if (lines.count() == 0) {
                // Nothing has been asked about the stream so far.
                var unused =
                        session.client().administration().configuration(stream).blockingGet();
            }
            session.printer()
                    .done(
                            new Row()
                                    .with("stream", stream)
                                    .with("events", lines.count())
                                    .with("transaction", transaction),
                            Units.count(lines.count()) + " events written to " + stream);
        });
    }

    private static Completable written(
            EventWriter<RoutingKeys.Keyed> writer,
            Flowable<RoutingKeys.Keyed> events,
            boolean keyed,
            boolean transaction) {
        if (transaction) {
            // Without keys all have the same one: their order is kept.
            return writer.writeExactlyOnce(events, RoutingKeys.Keyed::key);
        }
        return keyed ? writer.writeAll(events, RoutingKeys.Keyed::key) : writer.writeAll(events);
    }

    static Serializer<RoutingKeys.Keyed> events() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(RoutingKeys.Keyed event) {
                return event.event();
            }

            @Override
            public RoutingKeys.Keyed deserialize(ByteBuffer bytes) {
                byte[] event = new byte[bytes.remaining()];
                bytes.get(event);
                return new RoutingKeys.Keyed("", event);
            }
        };
    }
}
