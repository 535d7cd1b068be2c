/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.ReadFrom;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.disposables.Disposable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code headrace bench ...}. */
@Command(
        name = "bench",
        description = "Measures a server from here: how fast it takes, gives back and passes on events.",
        mixinStandardHelpOptions = true)
final class BenchCommands {
    private static final int END_TO_END_RATE = 1_000;
    private static final long NAP_MILLIS = 20;
    private static final long LOST_SECONDS = 60;

    private BenchCommands() {}

    /** What is done with the stream that is measured. */
    private interface Measurement {
        void run(StreamName stream) throws InterruptedException;
    }

    @Command(name = "write", description = "Writes events, and measures how long each takes to become durable.")
    static void write(@Mixin Connection connection, @Mixin BenchOptions options) throws InterruptedException {
        connection.run(session -> onStream(session, options, stream -> {
            Meter meter = meter(session, options.duration());
            EventWriter<byte[]> writer = session.client().writer(stream, Serializers.bytes());
            new BenchLoad(writer, options).run(options.rate(0), options.duration(), meter::count, meter);
            meter.end();
            BenchResult.print(session.printer(), session.console(), "write", stream, meter);
        }));
    }

    @Command(
            name = "read",
            description = "Reads a stream from its beginning to its end, as fast as it goes; without --stream one that"
                    + " was filled before.")
    static void read(
            @Mixin Connection connection,
            @Mixin BenchOptions options,
            @Option(
                            names = "--events",
                            paramLabel = "N",
                            defaultValue = "200000",
                            description = "How many to fill it with. Default: 200000.")
                    int events)
            throws InterruptedException {
        connection.run(session -> onStream(session, options, stream -> {
            if (options.stream == null) {
                fill(session, options, stream, events);
            }
            EventReader<byte[]> reader = session.client().reader(stream, Serializers.bytes());
            StreamCut end = reader.from(ReadFrom.latest()).start().blockingGet();
            Meter meter = meter(session, Duration.ZERO);
            reader.until(end).events().blockingForEach(event -> {
                meter.count(event.value().length);
                meter.tick();
            });
            meter.end();
            BenchResult.print(session.printer(), session.console(), "read", stream, meter);
        }));
    }

    private static void fill(Session session, BenchOptions options, StreamName stream, int events) {
        byte[] payload = options.payload();
        session.client()
                .writer(stream, Serializers.bytes())
                .writeAll(Flowable.range(0, events).map(i -> payload))
                .blockingAwait();
    }

    @Command(
            name = "end-to-end",
            description = "Writes events at a rate, and measures how long each takes until a reader has it.")
    static void endToEnd(@Mixin Connection connection, @Mixin BenchOptions options) throws InterruptedException {
        connection.run(session -> onStream(session, options, stream -> {
            EventReader<byte[]> all = session.client().reader(stream, Serializers.bytes());
            StreamCut now = all.from(ReadFrom.latest()).start().blockingGet();
            Meter meter = meter(session, options.duration());
            Disposable reading = all.from(ReadFrom.cut(now))
                    .events()
                    .map(Event::value)
                    .subscribe(
                            event -> meter.count(
                                    event.length, ByteBuffer.wrap(event).getLong()),
                            cause -> session.console().note("reading ended: " + cause.getMessage()));
            EventWriter<byte[]> writer = session.client().writer(stream, Serializers.bytes());
            long written = new BenchLoad(writer, options)
                    .run(options.rate(END_TO_END_RATE), options.duration(), (size, since) -> {}, meter);
            awaitRead(meter, written);
            reading.dispose();
            meter.end();
            BenchResult.print(session.printer(), session.console(), "end-to-end", stream, meter);
        }));
    }

    private static void awaitRead(Meter meter, long written) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_SECONDS);
        while (meter.events() < written) {
            if (System.nanoTime() > deadline) {
                throw CommandException.failed("only " + meter.events() + " of " + written
                        + " events were read a minute after they were written; does somebody truncate the stream?");
            }
            TimeUnit.MILLISECONDS.sleep(NAP_MILLIS);
            meter.tick();
        }
    }

    private static Meter meter(Session session, Duration time) {
        boolean looks = session.printer().output() == Output.TABLE
                && session.console().environment().containsKey(Progress.VARIABLE);
        return new Meter(new Progress(session.console(), time.toSeconds(), looks));
    }

    /** With the stream that was named, or with one that is gone afterwards. */
    private static void onStream(Session session, BenchOptions options, Measurement measurement)
            throws InterruptedException {
        if (options.stream != null) {
            measurement.run(options.stream);
            return;
        }
        StreamName stream = new StreamName("bench", "bench-" + Long.toString(System.nanoTime(), Character.MAX_RADIX));
        boolean madeScope = session.administration().createScope(stream.scope()).blockingGet();
        session.administration()
                .createStream(stream, StreamConfiguration.fixed(options.segments))
                .ignoreElement()
                .blockingAwait();
        try {
            measurement.run(stream);
        } finally {
            session.administration()
                    .sealStream(stream)
                    .andThen(session.administration().deleteStream(stream).ignoreElement())
                    .andThen(
                            madeScope
                                    ? session.administration()
                                            .deleteScope(stream.scope())
                                            .ignoreElement()
                                    : Completable.complete())
                    .onErrorComplete()
                    .blockingAwait();
        }
    }
}
