/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import static io.headrace.server.metrics.Query.quantile;
import static io.headrace.server.metrics.Query.rate;
import static io.headrace.server.metrics.Query.value;

import io.headrace.verticles.cluster.Clocks;
import java.util.List;

/** Rules for Prometheus that say when somebody should look. */
public final class Alerts {

    /**
     * One rule.
     *
     * @param after how long it must have been so
     * @param isUrgent whether clients notice
     */
    private record Rule(String name, String condition, String after, boolean isUrgent, String meaning) {}

    private static final List<Rule> ALL = List.of(
            new Rule(
                    "HeadraceNotReady",
                    value(Metric.NODE_READY) + " == 0",
                    "1m",
                    true,
                    "A node is not ready; /health says why"),
            new Rule(
                    "HeadracePartitionsFail",
                    "increase(" + value(Metric.PARTITION_ATTEMPTS) + "[10m]) > 5",
                    "0m",
                    true,
                    "A partition is opened again and again; the log of the node says why"),
            new Rule(
                    "HeadraceLogSlow",
                    quantile(0.99, Metric.LOG_APPEND_SECONDS) + " > 0.5",
                    "10m",
                    true,
                    "One frame of a hundred takes half a second to be durable: look at the disks of the bookies"),
            new Rule(
                    "HeadraceDiskShort",
                    value(Metric.LOG_DISK_FREE_BYTES) + " < 2e9",
                    "5m",
                    true,
                    "The disk of the log is nearly full; with less, writers wait"),
            new Rule(
                    "HeadraceStorageFails",
                    "max by (instance) (" + value(Metric.STORAGE_FAILING) + ") > 0",
                    "5m",
                    false,
                    "Long-term storage fails: data stays in the log, and writers wait when too much does"),
            new Rule(
                    "HeadraceWritersWait",
                    value(Metric.STORAGE_HOLDS_WRITERS) + " > 0",
                    "0m",
                    true,
                    "Writers wait for long-term storage"),
            new Rule(
                    "HeadraceCommandsLost",
                    rate(Metric.BUS_LOST) + " > 0",
                    "5m",
                    true,
                    "Commands to other nodes are given up: can all nodes reach each other?"),
            new Rule(
                    "HeadraceNodeUnreachable",
                    value(Metric.CLUSTER_UNREACHABLE_NODES) + " > 0",
                    "1m",
                    true,
                    "A node cannot reach another at its advertised address; headrace cluster status says which"),
            new Rule(
                    "HeadraceClockDiffers",
                    "abs(" + value(Metric.CLUSTER_CLOCK_AHEAD_SECONDS) + ") > " + Clocks.TOLERANCE.toSeconds(),
                    "5m",
                    false,
                    "The clock of a node differs from that of ZooKeeper"),
            new Rule(
                    "HeadraceLoopsLate",
                    "max by (instance) (" + value(Metric.LOOP_LAG_SECONDS) + ") > 1",
                    "5m",
                    false,
                    "An event loop is late by more than a second: the node has too much to do, or its machine has"));

    private Alerts() {}

    /** As Prometheus reads it, in YAML. */
    public static String yaml() {
        StringBuilder out = new StringBuilder("groups:\n  - name: headrace\n    rules:\n");
        for (Rule rule : ALL) {
            out.append("      - alert: ").append(rule.name()).append('\n');
            out.append("        expr: ").append(quoted(rule.condition())).append('\n');
            out.append("        for: ").append(rule.after()).append('\n');
            out.append("        labels:\n          severity: ")
                    .append(rule.isUrgent() ? "critical" : "warning")
                    .append('\n');
            out.append("        annotations:\n          summary: ")
                    .append(quoted(rule.meaning()))
                    .append('\n');
        }
        return out.toString();
    }

    /** In single quotes nothing but these means anything, and there are none in what stands here. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
