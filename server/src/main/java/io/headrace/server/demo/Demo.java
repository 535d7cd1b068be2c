/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.SegmentName;
import io.headrace.server.demo.WikipediaEdits.Edit;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final long TIMEOUT_SECONDS = 120;

    /** One segment of the stream: the part of the data that belongs there, and what was read from it. */
    private record Lane(
            SegmentRange range, String name, StoreConnection connection, List<byte[]> events, List<String> read) {}

    private final ControllerClient controller;
    private final NetClient netClient;
    private final PrintStream out;
    private final List<Edit> edits;
    private final List<Edit> sent;
    private final StreamInfo stream;

    private Demo(Vertx vertx, HostAndPort controller, PrintStream out, List<Edit> edits, List<Edit> sent) {
        this.controller =
                new ControllerClient(vertx, SocketAddress.inetSocketAddress(controller.port(), controller.host()));
        this.netClient = vertx.createNetClient();
        this.out = out;
        this.edits = edits;
        this.sent = sent;
        this.stream = StreamInfo.newBuilder()
                .setScope(SCOPE)
                .setStream("wikipedia-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX))
                .build();
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
        introduce(edits, out);
        Vertx vertx = Vertx.vertx();
        try {
            Promise<List<Lane>> done = Promise.promise();
            Demo demo = new Demo(vertx, controller, out, edits, sent);
            vertx.runOnContext(start -> demo.run().onComplete(done));
            return demo.report(
                    done.future().toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DemoException known
                    ? known
                    : new DemoException("the demo failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new DemoException("no end after " + TIMEOUT_SECONDS + " s: the server does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        } finally {
            vertx.close();
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

    private Future<List<Lane>> run() {
        return controller
                .createScope(SCOPE)
                .compose(done -> controller.createStream(stream, SEGMENTS))
                .compose(done -> controller.currentSegments(stream))
                .compose(ranges -> all(ranges.stream().map(this::open).toList()))
                .compose(lanes -> {
                    out.printf(
                            Locale.ROOT,
                            "  stream   %s/%s, %d segments, routing key: the wiki%n",
                            SCOPE,
                            stream.getStream(),
                            lanes.size());
                    return write(lanes).compose(written -> read(lanes));
                });
    }

    private Future<Lane> open(SegmentRange range) {
        String name = SegmentName.of(
                        SCOPE, stream.getStream(), range.getSegmentId().getSegmentId())
                .qualified();
        List<byte[]> events = sent.stream()
                .filter(edit -> contains(range, RoutingKeyHash.position(edit.wiki())))
                .map(edit -> edit.json().getBytes(StandardCharsets.UTF_8))
                .toList();
        return controller
                .ownerOf(range.getSegmentId())
                .compose((NodeUri owner) -> StoreConnection.open(netClient, owner.getEndpoint(), owner.getPort()))
                .map(connection -> new Lane(range, name, connection, events, new ArrayList<>()));
    }

    private Future<Void> write(List<Lane> lanes) {
        List<Long> latencies = new ArrayList<>();
        long start = System.nanoTime();
        return all(lanes.stream()
                        .map(lane -> SegmentWriter.write(lane.connection, lane.name, lane.events, latencies))
                        .toList())
                .map(done -> {
                    long nanos = System.nanoTime() - start;
                    long bytes = lanes.stream()
                            .flatMap(lane -> lane.events.stream())
                            .mapToLong(event -> event.length)
                            .sum();
                    out.println(rates("wrote", sent.size(), bytes, nanos));
                    Collections.sort(latencies);
                    out.printf(
                            Locale.ROOT,
                            "           each append synced to disk before it was acknowledged: %.1f ms (median), %.1f ms"
                                    + " (slowest)%n",
                            latencies.get(latencies.size() / 2) / 1e6,
                            latencies.get(latencies.size() - 1) / 1e6);
                    return null;
                });
    }

    private Future<List<Lane>> read(List<Lane> lanes) {
        long start = System.nanoTime();
        return all(lanes.stream()
                        .map(lane -> SegmentReader.read(lane.connection, lane.name, lane.read::add))
                        .toList())
                .map(sizes -> {
                    long nanos = System.nanoTime() - start;
                    long bytes = sizes.stream().mapToLong(size -> size).sum();
                    out.println(rates(
                            "read",
                            lanes.stream().mapToInt(lane -> lane.read.size()).sum(),
                            bytes,
                            nanos));
                    return lanes;
                });
    }

    private boolean report(List<Lane> lanes) {
        out.printf(
                Locale.ROOT,
                "  segments %s events%n%n",
                lanes.stream()
                        .map(lane -> String.format(Locale.ROOT, "%,d", lane.read.size()))
                        .collect(Collectors.joining(" + ")));
        OrderCheck check = new OrderCheck(edits);
        lanes.forEach(lane -> lane.read.forEach(check::read));
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

    private static boolean contains(SegmentRange range, double position) {
        return position >= range.getMinKey() && position < range.getMaxKey();
    }

    private static <T> Future<List<T>> all(List<Future<T>> futures) {
        return Future.all(futures)
                .map(all -> futures.stream().map(Future::result).toList());
    }
}
