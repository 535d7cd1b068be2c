/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cluster;

import io.headrace.client.HeadraceClient;
import io.headrace.verticles.cluster.ClusterView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How long writers wait when nodes end, leave and come. Run by {@code benchmarks/cluster}; prints the rows of a table. */
final class ClusterFigures {
    private static final int ROUNDS = 3;
    private static final int EVENT_BYTES = 100;
    private static final int EVENTS_PER_SECOND = 2_000;
    private static final long CALM_SECONDS = 5;
    private static final long LOG_BYTES = 1L << 30;

    private ClusterFigures() {}

    /**
     * Measures everything.
     *
     * @param arguments a directory for all data
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        moves(Files.createDirectory(directory.resolve("moves")));
        takesOver(Files.createDirectory(directory.resolve("log")));
        System.exit(0);
    }

    /** A third node comes; nodes are killed, and drained. */
    private static void moves(Path directory) throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, Network.direct(), List.of(), 2);
                HeadraceClient client = cluster.connect();
                SteadyWriting writing = SteadyWriting.begin(client, "steady", EVENT_BYTES, EVENTS_PER_SECOND)) {
            calm(writing);
            row("an event waits for at most, nothing going on", "%d ms", writing.longestWaitMillis());

            Party third = Party.node(2);
            cluster.begin(third);
            cluster.awaitServing(third);
            long known = System.nanoTime();
            cluster.awaitView("it has its share", view -> isEven(view, Party.OF_A_KIND));
            row("a third node has been added: it has its share after", "%d ms", millisSince(known));
            writing.millisUntilAllAcknowledged(System.nanoTime());
            row("meanwhile an event waits for at most", "%d ms", writing.longestWaitMillis());

            List<Long> killed = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                killed.add(killOne(cluster, writing, Party.node(round)));
            }
            row("kill -9 of a node: writers of all segments are served again after", "%s ms", text(killed));

            List<Long> waits = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                waits.add(drainOne(cluster, writing, Party.node(round)));
            }
            row("a node is drained: an event waits for at most", "%s ms", text(waits));
        }
    }

    /** Nodes are killed whose log is long. */
    private static void takesOver(Path directory) throws Exception {
        List<String> everythingStaysInTheLog = List.of("--tier2-delay", "1h", "--tier2-lag-mib", "16384");
        try (TestCluster cluster =
                        TestCluster.start(directory, Network.direct(), everythingStaysInTheLog, Party.OF_A_KIND);
                HeadraceClient client = cluster.connect();
                SteadyWriting writing = SteadyWriting.begin(client, "long", EVENT_BYTES, EVENTS_PER_SECOND)) {
            List<Long> killed = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                long begun = System.nanoTime();
                writing.fill(client, LOG_BYTES);
                if (round == 0) {
                    row("1 GiB is written in", "%d ms", millisSince(begun));
                }
                calm(writing);
                killed.add(killOne(cluster, writing, Party.node(round)));
            }
            row(
                    "kill -9 of a node, the last GiB written in the log: writers are served again after",
                    "%s ms",
                    text(killed));
        }
    }

    private static long killOne(TestCluster cluster, SteadyWriting writing, Party node) throws Exception {
        calm(writing);
        cluster.process(node).kill();
        long millis = writing.millisUntilAllAcknowledged(System.nanoTime());
        cluster.start(node);
        cluster.awaitView("all have their share again", view -> isEven(view, Party.OF_A_KIND));
        return millis;
    }

    private static long drainOne(TestCluster cluster, SteadyWriting writing, Party node) throws Exception {
        calm(writing);
        cluster.command("drain", node.host());
        cluster.awaitView("it has nothing", view -> !view.owners().containsValue(node.host()) && isEven(view, 2));
        writing.millisUntilAllAcknowledged(System.nanoTime());
        long longest = writing.longestWaitMillis();
        cluster.command("weigh", node.host(), "1");
        cluster.awaitView("it has its share again", view -> isEven(view, Party.OF_A_KIND));
        return longest;
    }

    /** Waits for a moment in which nothing happens, and counts from its beginning. */
    private static void calm(SteadyWriting writing) throws InterruptedException {
        writing.millisUntilAllAcknowledged(System.nanoTime());
        writing.forgetWaits();
        TimeUnit.SECONDS.sleep(CALM_SECONDS);
    }

    /** Whether each partition has an owner, and so many nodes have some. */
    private static boolean isEven(ClusterView view, int nodes) {
        // Four of segments, one of streams.
        return view.owners().size() == 5
                && view.owners().entrySet().stream()
                                .filter(owned -> owned.getKey().startsWith("segments"))
                                .map(owned -> owned.getValue())
                                .distinct()
                                .count()
                        == nodes;
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static String text(List<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted, Comparator.naturalOrder());
        return sorted.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static void row(String what, String format, Object... values) {
        System.out.println("| " + what + " | " + String.format(Locale.ROOT, format, values) + " |");
    }
}
