/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.client.Administration;
import io.headrace.client.ClientOptions;
import io.headrace.client.Event;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.HeadraceException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.server.demo.WikipediaEdits.Edit;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The demonstration: creates a stream of four segments, writes the {@linkplain WikipediaEdits data set} into it with the
 * wiki as routing key, reads everything back and checks it.
 */
public final class Demo {
    public static final String ABOUT =
            "Streams a day of Wikipedia's edits into a server and back, and checks that none is lost or out of order.";

    private static final String SCOPE = "demo";
    private static final int SEGMENTS = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int CONNECT_MILLIS = 10_000;

    /** Edits that may be under way: enough to fill the blocks of all segments. */
    private static final int IN_FLIGHT = 4000;

    private final HeadraceClient client;
    private final PrintStream out;
    private final List<Edit> edits;
    private final List<Edit> sent;
    private final StreamName stream =
            new StreamName(SCOPE, "wikipedia-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));

    private Demo(HeadraceClient client, PrintStream out, List<Edit> edits, List<Edit> sent) {
        this.client = client;
        this.out = out;
        this.edits = edits;
        this.sent = sent;
    }

    /**
     * Runs the demonstration against a server and tells {@code out} about it. Blocks.
     *
     * @return whether everything came back, in order
     * @throws DemoException if it could not be carried out
     */
    public static boolean run(HostAndPort controller, PrintStream out) {
        List<Edit> edits = WikipediaEdits.all();
        return run(controller, out, edits, edits);
    }

    /**
     * The same, with data of the caller's.
     *
     * @param edits what has to come back
     * @param sent what is sent; anything else than {@code edits} only to see that the difference is found
     */
    static boolean run(HostAndPort controller, PrintStream out, List<Edit> edits, List<Edit> sent) {
        checkPresent(controller);
        introduce(edits, out);
        ClientOptions options = ClientOptions.of(
                        URI.create("tcp://" + SocketAddress.inetSocketAddress(controller.port(), controller.host())))
                .withDeadline(DEADLINE);
        try (HeadraceClient client = HeadraceClient.connect(options)) {
            return new Demo(client, out, edits, sent).run();
        } catch (HeadraceException e) {
            throw new DemoException(String.valueOf(e.getMessage()), e);
        }
    }

    /** One that is not there is told of at once; the client would look for it until its deadline. */
    private static void checkPresent(HostAndPort controller) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(controller.host(), controller.port()), CONNECT_MILLIS);
        } catch (IOException e) {
            throw new DemoException(
                    "no controller answers at " + controller.host() + ":" + controller.port() + " (" + e.getMessage()
                            + "): start one with ./headrace standalone, or leave --controller out",
                    e);
        }
    }

    private static void introduce(List<Edit> edits, PrintStream out) {
        Edit first = edits.get(0);
        out.printf(
                Locale.ROOT,
                "%nA day of Wikipedia: %,d edits of %,d wikis on %s, from %s to %s UTC%n"
                        + "(the sample that Apache Druid %s publishes with its tests)%n%n",
                edits.size(),
                edits.stream().map(Edit::wiki).distinct().count(),
                first.time().substring(0, 10),
                first.time().substring(11, 16),
                edits.get(edits.size() - 1).time().substring(11, 16),
                WikipediaEdits.version());
    }

    private boolean run() {
        Administration admin = client.administration();
        admin.createScope(SCOPE).ignoreElement().blockingAwait();
        admin.createStream(stream, StreamConfiguration.fixed(SEGMENTS))
                .ignoreElement()
                .blockingAwait();
        out.printf(Locale.ROOT, "  stream   %s, %d segments, routing key: the wiki%n", stream, SEGMENTS);
        write();
        return report(read(admin));
    }

    private void write() {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        long start = System.nanoTime();
        List<Long> latencies = Flowable.fromIterable(sent)
                .flatMapSingle(edit -> nanosOf(writer.write(edit.wiki(), edit.json())), false, IN_FLIGHT)
                .sorted()
                .toList()
                .blockingGet();
        long nanos = System.nanoTime() - start;
        out.println(rates(
                "wrote",
                sent.size(),
                sent.stream().mapToLong(edit -> bytes(edit.json())).sum(),
                nanos));
        out.printf(
                Locale.ROOT,
                "           each edit synced to disk before it was acknowledged: %.1f ms (median), %.1f ms (slowest)%n",
                latencies.get(latencies.size() / 2) / 1e6,
                latencies.get(latencies.size() - 1) / 1e6);
    }

    private static Single<Long> nanosOf(Single<String> write) {
        return Single.defer(() -> {
            long start = System.nanoTime();
            return write.map(done -> System.nanoTime() - start);
        });
    }

    /** What is in each segment. */
    private Collection<List<String>> read(Administration admin) {
        long start = System.nanoTime();
        TreeMap<String, List<String>> segments = new TreeMap<>();
        List<Event<String>> events = client.reader(stream, Serializers.utf8())
                .until(admin.tail(stream).blockingGet())
                .events()
                .toList()
                .blockingGet();
        long nanos = System.nanoTime() - start;
        for (Event<String> event : events) {
            segments.computeIfAbsent(event.pointer().segment(), segment -> new ArrayList<>())
                    .add(event.value());
        }
        long bytes =
                events.stream().mapToLong(event -> event.pointer().length()).sum();
        out.println(rates("read", events.size(), bytes, nanos));
        return segments.values();
    }

    private boolean report(Collection<List<String>> segments) {
        out.printf(
                Locale.ROOT,
                "  segments %s events%n%n",
                segments.stream()
                        .map(events -> String.format(Locale.ROOT, "%,d", events.size()))
                        .collect(Collectors.joining(" + ")));
        OrderCheck check = new OrderCheck(edits);
        segments.forEach(events -> events.forEach(check::read));
        List<String> problems = check.problems();
        if (!problems.isEmpty()) {
            out.println("FAILED: what was read is not what was to be stored");
            problems.forEach(problem -> out.println("  " + problem));
            return false;
        }
        out.printf("Every edit came back once, and for each wiki in the order in which it was made.%n");
        out.print(EditFacts.of(check.edits()));
        return true;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String rates(String verb, long events, long bytes, long nanos) {
        double seconds = nanos / 1e9;
        return String.format(
                Locale.ROOT,
                "  %-8s %,d events, %.1f MB in %.2f s: %,.0f events/s, %.1f MB/s",
                verb,
                events,
                bytes / 1e6,
                seconds,
                events / seconds,
                bytes / 1e6 / seconds);
    }
}
