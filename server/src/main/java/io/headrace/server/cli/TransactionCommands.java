/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.EventWriter;
import io.headrace.client.StreamName;
import io.headrace.client.Transaction;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.core.Flowable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace transaction ...}. */
@Command(
        name = "transaction",
        description = {
            "Transactions over several commands. All that is to be done with one command is simpler with:",
            "headrace write --transaction."
        },
        mixinStandardHelpOptions = true)
final class TransactionCommands {
    private TransactionCommands() {}

    @Command(name = "begin", description = "Begins a transaction and prints its id.")
    static void begin(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--lease",
                            paramLabel = "TIME",
                            defaultValue = "2min",
                            description =
                                    "How long it stays open, 10s to 10min; 2min from when a longer command on it ends."
                                            + " Default: 2min.")
                    Duration lease)
            throws InterruptedException {
        WriterOptions options = WriterOptions.defaults().withLease(lease);
        connection.run(Subject.stream(stream), session -> {
            UUID id = session.client()
                    .writer(stream, WriteCommand.events(), options)
                    .begin()
                    .blockingGet()
                    .id();
            session.printer()
                    .done(
                            new Row()
                                    .with("stream", stream)
                                    .with("transaction", id)
                                    .with("leaseSeconds", lease.toSeconds()),
                            id.toString());
        });
    }

    @Command(name = "write", description = "Adds lines to an open transaction.")
    static void write(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/STREAM") StreamName stream,
            @Parameters(index = "1", paramLabel = "ID") UUID id,
            @Parameters(index = "2..*", arity = "0..*", paramLabel = "FILE", description = "- is standard input.")
                    @Nullable
                    List<Path> files,
            @Mixin RoutingKeys keys)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            Lines lines = new Lines(
                    files == null ? List.of() : files, session.console().in());
            Flowable<RoutingKeys.Keyed> events = lines.flow().map(keys.extractor()::apply);
            resume(session, stream, id).writeAll(events, RoutingKeys.Keyed::key).blockingAwait();
            session.printer()
                    .done(
                            new Row()
                                    .with("stream", stream)
                                    .with("transaction", id)
                                    .with("events", lines.count()),
                            Units.count(lines.count()) + " events added to the transaction " + id);
        });
    }

    @Command(name = "commit", description = "Lets everybody see what is in a transaction.")
    static void commit(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/STREAM") StreamName stream,
            @Parameters(index = "1", paramLabel = "ID") UUID id)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            resume(session, stream, id).commit().blockingAwait();
            session.printer().done(row(stream, id, Transaction.Status.COMMITTED), "committed the transaction " + id);
        });
    }

    @Command(name = "abort", description = "Sees to it that nobody ever sees what is in a transaction.")
    static void abort(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/STREAM") StreamName stream,
            @Parameters(index = "1", paramLabel = "ID") UUID id)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            resume(session, stream, id).abort().blockingAwait();
            session.printer().done(row(stream, id, Transaction.Status.ABORTED), "aborted the transaction " + id);
        });
    }

    @Command(name = "status", description = "Tells whether a transaction is open, and how it ended if not.")
    static void status(
            @Mixin Connection connection,
            @Parameters(index = "0", paramLabel = "SCOPE/STREAM") StreamName stream,
            @Parameters(index = "1", paramLabel = "ID") UUID id)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            Transaction.Status status = resume(session, stream, id).status().blockingGet();
            session.printer().done(row(stream, id, status), status.name().toLowerCase(Locale.ROOT));
        });
    }

    @Command(name = "list", description = "Lists transactions that have ended, as far back as the server remembers.")
    static void list(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            List<Row> rows = session.administration().completedTransactions(stream).blockingGet().entrySet().stream()
                    .map(ended -> row(stream, ended.getKey(), ended.getValue()))
                    .toList();
            session.printer().list(rows, "no transaction of " + stream + " has ended that the server remembers");
        });
    }

    private static Transaction<RoutingKeys.Keyed> resume(Session session, StreamName stream, UUID id) {
        EventWriter<RoutingKeys.Keyed> writer = session.client().writer(stream, WriteCommand.events());
        return writer.resume(id).blockingGet();
    }

    private static Row row(StreamName stream, UUID id, Transaction.Status status) {
        return new Row()
                .with("stream", stream)
                .with("transaction", id)
                .with("status", status.name().toLowerCase(Locale.ROOT));
    }
}
