/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.verticles.cluster.Clocks;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.NodeReport;
import io.headrace.verticles.net.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node notices about its cluster: other nodes whose event bus it cannot reach, and a clock that differs from
 * ZooKeeper's. Told in the log when it changes, in {@code /health}, and in ZooKeeper for {@code headrace cluster status}.
 *
 * <p>{@link #look} is called on one thread; the rest may be asked from any.
 */
final class ClusterWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    static final long PERIOD_MILLIS = 2_000;

    /** For a connection to another node. */
    static final int LIMIT_MILLIS = 2_000;

    /** Without news, this many looks pass from one report to the next. */
    static final int SILENT_LOOKS = 15;

    /** A node that ends is in the view for a moment longer. */
    private static final int FAILURES = 2;

    /** Where it is written down. */
    @FunctionalInterface
    interface Reports {
        /**
         * Writes down a report, or not.
         *
         * @param written told when that was by ZooKeeper's clock, in milliseconds since 1970
         */
        void write(NodeReport report, LongConsumer written);
    }

    private final String me;
    private final Supplier<ClusterView> view;
    private final Function<Endpoint, Future<Optional<String>>> reach;
    private final Reports reports;
    private final LongSupplier clock;
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private int looksLeft;
    private volatile Map<String, String> unreachable = Map.of();
    private volatile long aheadMillis;

    /**
     * Nothing has been noticed yet.
     *
     * @param me this node's id
     * @param reach says why nothing is reached at an address
     * @param clock of this node, in milliseconds since 1970
     */
    ClusterWatch(
            String me,
            Supplier<ClusterView> view,
            Function<Endpoint, Future<Optional<String>>> reach,
            Reports reports,
            LongSupplier clock) {
        this.me = me;
        this.view = view;
        this.reach = reach;
        this.reports = reports;
        this.clock = clock;
    }

    /** Looks around, and reports. Succeeds when that has been done; calls do not overlap. */
    Future<Void> look() {
        Map<String, String> found = new ConcurrentHashMap<>();
        List<Future<?>> attempts = new ArrayList<>();
        Map<String, NodeInfo> nodes = view.get().nodes();
        nodes.forEach((id, node) -> {
            if (!id.equals(me) && node.bus().port() != 0) {
                attempts.add(reach.apply(node.bus()).onSuccess(failure -> attempted(node, failure, found)));
            }
        });
        failures.keySet().retainAll(nodes.keySet());
        return Future.all(attempts).<Void>mapEmpty().onSuccess(done -> {
            boolean isNew = !found.equals(unreachable);
            tell(found);
            if (isNew || looksLeft-- == 0) {
                looksLeft = SILENT_LOOKS;
                report();
            }
        });
    }

    private void attempted(NodeInfo node, Optional<String> failure, Map<String, String> found) {
        if (failure.isEmpty()) {
            failures.remove(node.id());
        } else if (failures.merge(node.id(), 1, Integer::sum) >= FAILURES) {
            found.put(node.id(), node.bus() + ": " + failure.get());
        }
    }

    private void tell(Map<String, String> found) {
        Map<String, String> before = unreachable;
        unreachable = Map.copyOf(found);
        new TreeMap<>(found).forEach((id, reason) -> {
            if (!before.containsKey(id)) {
                LOG.warn(
                        "node {} cannot be reached from here at the address that it advertises for its event bus, {}: commands"
                                + " to its partitions fail. Correct --advertised-bus or --advertised-host there, or what is in"
                                + " between",
                        id,
                        reason);
            }
        });
        before.keySet().stream()
                .filter(id -> !found.containsKey(id))
                .sorted()
                .forEach(id -> LOG.info("node {} can be reached again, or has ended", id));
    }

    private void report() {
        long before = clock.getAsLong();
        reports.write(new NodeReport(before, unreachable), written -> {
            // What ZooKeeper has written down happened between these two moments.
            compareClocks((before + clock.getAsLong()) / 2 - written);
        });
    }

    private void compareClocks(long ahead) {
        boolean differed = clockDiffers();
        aheadMillis = ahead;
        if (clockDiffers() && !differed) {
            LOG.warn(
                    "this node's clock {}: correct one of them. Nothing is lost by that, but what goes by the clock, such as"
                            + " retention by time, is off by as much",
                    Clocks.difference(ahead));
        } else if (differed && !clockDiffers()) {
            LOG.info("this node's clock agrees with ZooKeeper's again");
        }
    }

    private boolean clockDiffers() {
        return Clocks.differ(aheadMillis);
    }

    int nodes() {
        return view.get().nodes().size();
    }

    int unreachableNodes() {
        return unreachable.size();
    }

    /** How far this node's clock is ahead of ZooKeeper's; negative if it is behind. */
    long clockAheadMillis() {
        return aheadMillis;
    }

    /** For {@code /health}. */
    JsonObject toJson() {
        ClusterView now = view.get();
        JsonObject reasons = new JsonObject();
        new TreeMap<>(unreachable).forEach(reasons::put);
        return new JsonObject()
                .put("node", me)
                .put(
                        "nodes",
                        new JsonArray(now.nodes().keySet().stream().sorted().toList()))
                .put("unreachable", reasons)
                .put("clockAheadMillis", aheadMillis)
                .put("clockDiffers", clockDiffers());
    }
}
