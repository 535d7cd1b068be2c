/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ConflictException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.data.Places;
import io.reactivex.rxjava3.core.Flowable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code headrace stream ...}. */
@Command(name = "stream", description = "Creates, shows, changes and deletes streams.", mixinStandardHelpOptions = true)
final class StreamCommands {
    private StreamCommands() {}

    @Command(name = "create", description = "Creates a stream, of one segment if nothing else is said.")
    static void create(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Mixin StreamSettings settings,
            @Option(names = "--if-absent", description = "Does nothing if it is there already.") boolean ifAbsent)
            throws InterruptedException {
        StreamConfiguration wanted = settings.applyTo(StreamConfiguration.fixed(1));
        connection.run(Subject.stream(stream), session -> {
            boolean made = session.administration().createStream(stream, wanted).blockingGet();
            if (!made && !ifAbsent) {
                throw CommandException.failed(
                        "the stream " + stream
                                + " is there already; that is no error with --if-absent, and headrace stream update changes it");
            }
            session.printer()
                    .done(
                            new Row().with("stream", stream).with("created", made),
                            made ? "created the stream " + stream : "the stream " + stream + " is there already");
        });
    }

    @Command(name = "list", description = "Lists the streams of a scope.")
    static void list(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE") String scope,
            @Option(names = "--tag", paramLabel = "WORD", description = "Only those that have it.") @Nullable
                    String tag,
            @Option(
                            names = {"-a", "--all"},
                            description = "Those of the system too.")
                    boolean all)
            throws InterruptedException {
        connection.run(Subject.scope(scope), session -> {
            Flowable<StreamName> streams = tag == null
                    ? session.administration().streams(scope)
                    : session.administration().streamsWithTag(scope, tag);
            session.printer()
                    .list(
                            streams.filter(stream -> all || !stream.name().startsWith("_"))
                                    .map(stream -> new Row().with("stream", stream))
                                    .blockingIterable(),
                            "there are no such streams; make one with: headrace stream create " + scope + "/NAME");
        });
    }

    @Command(
            name = "describe",
            description = "Shows a stream: settings, segments, how much is in them, how fast they grow.")
    static void describe(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--measure",
                            paramLabel = "TIME",
                            defaultValue = "1s",
                            description = "For how long to look how fast it grows; 0s does not. Default: 1s.")
                    Duration measure)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> session.printer()
                .show(StreamDescription.of(session.client(), stream, measure)));
    }

    @Command(name = "update", description = "Changes settings; what is not named stays as it is.")
    static void update(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Mixin StreamSettings settings)
            throws InterruptedException {
        if (settings.isEmpty()) {
            throw CommandException.badUsage(
                    "say what to change, such as --retention 7d; see headrace stream update --help");
        }
        connection.run(Subject.stream(stream), session -> {
            StreamConfiguration before =
                    session.administration().configuration(stream).blockingGet();
            StreamConfiguration next = settings.applyTo(before);
            session.administration().updateStream(stream, next).blockingAwait();
            session.printer()
                    .done(
                            new Row()
                                    .with("stream", stream)
                                    .with("scaling", StreamSettings.text(next.scaling()))
                                    .with("retention", StreamSettings.text(next.retention())),
                            "changed the stream " + stream);
        });
    }

    @Command(
            name = "scale",
            description = "Replaces the segments by others of equal size; writers and readers go on meanwhile.")
    static void scale(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(names = "--segments", required = true, paramLabel = "N", description = "How many there are to be.")
                    int segments)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            Scaling.scale(session.administration(), stream, segments);
            session.printer()
                    .done(
                            new Row().with("stream", stream).with("segments", segments),
                            "the stream " + stream + " has " + segments + " segments now");
        });
    }

    @Command(
            name = "scaling",
            description = "Shows the load of a stream that follows its load, and why it scales or does not.")
    static void scaling(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream) {
        connection
                .printer()
                .show(ScalingDescription.of(connection
                        .http()
                        .get("/v1/scopes/" + stream.scope() + "/streams/" + stream.name() + "/scaling")));
    }

    @Command(name = "truncate", description = "Deletes the data before a place.")
    static void truncate(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--before",
                            required = true,
                            paramLabel = "PLACE",
                            description = "latest, time:INSTANT, cut:CUT or position:POSITION.")
                    String before)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            StreamCut cut = cut(session, stream, before);
            session.administration().truncate(cut).blockingAwait();
            session.printer()
                    .done(
                            new Row().with("stream", stream).with("begins", Places.of(cut)),
                            "deleted what was in " + stream + " before " + before);
        });
    }

    @Command(name = "cut", description = "Prints a place in a stream as a cut, which does not move.")
    static void cut(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = "--at",
                            defaultValue = "latest",
                            paramLabel = "PLACE",
                            description =
                                    "earliest, latest, time:INSTANT, cut:CUT or position:POSITION. Default: latest.")
                    String at)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            String cut = Places.of(cut(session, stream, at));
            session.printer().done(new Row().with("stream", stream).with("cut", cut), cut);
        });
    }

    private static StreamCut cut(Session session, StreamName stream, String place) {
        return session.client()
                .reader(stream, Serializers.bytes())
                .from(Places.parse(stream, place))
                .start()
                .blockingGet();
    }

    @Command(name = "seal", description = "Lets a stream take no more data, for good.")
    static void seal(@Mixin Connection connection, @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream)
            throws InterruptedException {
        connection.run(Subject.stream(stream), session -> {
            session.administration().sealStream(stream).blockingAwait();
            session.printer()
                    .done(new Row().with("stream", stream).with("sealed", true), "sealed the stream " + stream);
        });
    }

    @Command(name = "delete", description = "Deletes a sealed stream.")
    static void delete(
            @Mixin Connection connection,
            @Parameters(paramLabel = "SCOPE/STREAM") StreamName stream,
            @Option(
                            names = {"-f", "--force"},
                            description = "Seals it before.")
                    boolean force)
            throws InterruptedException {
        Subject subject = Subject.stream(stream);
        connection.run(subject, session -> {
            if (force) {
                session.administration().sealStream(stream).blockingAwait();
            }
            try {
                if (!session.administration().deleteStream(stream).blockingGet()) {
                    throw Advice.absent("stream", session.client(), subject);
                }
            } catch (ConflictException e) {
                throw CommandException.failed(e.getMessage() + "; seal it before, with: headrace stream seal " + stream
                        + " or headrace stream delete --force " + stream);
            }
            session.printer()
                    .done(new Row().with("stream", stream).with("deleted", true), "deleted the stream " + stream);
        });
    }
}
