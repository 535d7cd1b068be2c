/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.codecs.control.NodeUri;
import io.headrace.codecs.control.SegmentRange;
import io.headrace.codecs.control.StreamInfo;
import io.headrace.codecs.name.RoutingKeyHash;
import io.headrace.codecs.name.SegmentName;
import io.headrace.server.demo.ClockChanges.Change;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The demonstration: creates a stream of four segments, writes the {@linkplain ClockChanges data set} into it with the
 * time zone as routing key, reads everything back and checks it.
 */
public final class Demo {
    public static final String ABOUT =
            "Streams every change of the world's clocks since the 19th century into a server and back, and checks it.";

    private static final String SCOPE = "demo";
    private static final int SEGMENTS = 4;
    private static final long TIMEOUT_SECONDS = 120;

    /** One segment of the stream, with the part of the data that belongs there. */
    private record Lane(SegmentRange range, String name, StoreConnection connection, List<byte[]> events) {}

    private final ControllerClient controller;
    private final NetClient netClient;
    private final PrintStream out;
    private final List<Change> changes = ClockChanges.all();
    private final StreamInfo stream;

    private Demo(Vertx vertx, HostAndPort controller, PrintStream out) {
        this.controller =
                new ControllerClient(vertx, SocketAddress.inetSocketAddress(controller.port(), controller.host()));
        this.netClient = vertx.createNetClient();
        this.out = out;
        this.stream = StreamInfo.newBuilder()
                .setScope(SCOPE)
                .setStream("clock-changes-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX))
                .build();
    }

    /**
     * Runs the demonstration against a server and tells {@code out} about it. Blocks.
     *
     * @return whether everything came back, in order
     * @throws DemoException if it could not be carried out
     */
    public static boolean run(HostAndPort controller, PrintStream out) {
        Vertx vertx = Vertx.vertx();
        try {
            Promise<Boolean> done = Promise.promise();
            vertx.runOnContext(start -> new Demo(vertx, controller, out).run().onComplete(done));
            return done.future().toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
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

    private Future<Boolean> run() {
        out.printf(
                Locale.ROOT,
                "%nEvery change of the world's clocks, %s to %s: %,d records of %,d time zones%n"
                        + "(the IANA time zone database %s, as it came with this Java)%n%n",
                year(changes.get(0)),
                year(changes.get(changes.size() - 1)),
                changes.size(),
                changes.stream().map(Change::zone).distinct().count(),
                ClockChanges.version());
        return controller
                .createScope(SCOPE)
                .compose(done -> controller.createStream(stream, SEGMENTS))
                .compose(done -> controller.currentSegments(stream))
                .compose(ranges -> all(ranges.stream().map(this::open).toList()))
                .compose(lanes -> {
                    out.printf(
                            Locale.ROOT,
                            "  stream   %s/%s, %d segments, routing key: the time zone%n",
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
        List<byte[]> events = changes.stream()
                .filter(change -> contains(range, RoutingKeyHash.position(change.zone())))
                .map(change -> change.json().getBytes(StandardCharsets.UTF_8))
                .toList();
        return controller
                .ownerOf(range.getSegmentId())
                .compose((NodeUri owner) -> StoreConnection.open(netClient, owner.getEndpoint(), owner.getPort()))
                .map(connection -> new Lane(range, name, connection, events));
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
                    out.println(rates("wrote", changes.size(), bytes, nanos));
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

    private Future<Boolean> read(List<Lane> lanes) {
        OrderCheck check = new OrderCheck(changes);
        long start = System.nanoTime();
        return all(lanes.stream()
                        .map(lane -> SegmentReader.read(lane.connection, lane.name, check::read))
                        .toList())
                .map(sizes -> {
                    long nanos = System.nanoTime() - start;
                    long bytes = sizes.stream().mapToLong(size -> size).sum();
                    out.println(rates("read", check.eventsRead(), bytes, nanos));
                    return report(lanes, check.problems());
                });
    }

    private boolean report(List<Lane> lanes, List<String> problems) {
        out.printf(
                Locale.ROOT,
                "  segments %s events%n%n",
                lanes.stream()
                        .map(lane -> String.format(Locale.ROOT, "%,d", lane.events.size()))
                        .collect(Collectors.joining(" + ")));
        if (!problems.isEmpty()) {
            out.println("FAILED: what was read is not what was written");
            problems.forEach(problem -> out.println("  " + problem));
            return false;
        }
        Map<String, Long> perZone =
                changes.stream().collect(Collectors.groupingBy(Change::zone, TreeMap::new, Collectors.counting()));
        Map.Entry<String, Long> most = Collections.max(perZone.entrySet(), Comparator.comparing(Map.Entry::getValue));
        out.printf(
                Locale.ROOT,
                "Every record came back once, and for each zone in the order in which it happened.%n"
                        + "The clocks of %s were changed most often: %,d times.%n",
                most.getKey(),
                most.getValue());
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

    private static String year(Change change) {
        return change.at().toString().substring(0, 4);
    }

    private static <T> Future<List<T>> all(List<Future<T>> futures) {
        return Future.all(futures)
                .map(all -> futures.stream().map(Future::result).toList());
    }
}
