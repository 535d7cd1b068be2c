/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import static io.headrace.server.metrics.Query.max;
import static io.headrace.server.metrics.Query.quantile;
import static io.headrace.server.metrics.Query.rate;
import static io.headrace.server.metrics.Query.rateBy;
import static io.headrace.server.metrics.Query.sum;
import static io.headrace.server.metrics.Query.value;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A dashboard for Grafana. */
public final class Dashboard {
    private static final int COLUMNS = 3;
    private static final int WIDTH = 24 / COLUMNS;
    private static final int HEIGHT = 8;
    private static final String NODE = "{{instance}}";

    private record Row(String title, List<Panel> panels) {}

    /** @param unit as Grafana names it */
    private record Panel(String title, String unit, List<Line> lines) {
        Panel(String title, String unit, Line... lines) {
            this(title, unit, List.of(lines));
        }
    }

    private record Line(String query, String legend) {
        Line(String query) {
            this(query, NODE);
        }
    }

    private static final List<Row> ROWS = List.of(
            new Row(
                    "Clients",
                    List.of(
                            new Panel("Events written", "cps", new Line(rate(Metric.STORE_EVENTS))),
                            new Panel("Bytes written", "Bps", new Line(rate(Metric.STORE_APPENDED_BYTES))),
                            new Panel("Bytes read", "Bps", new Line(rate(Metric.STORE_READ_BYTES))),
                            new Panel("Connections to stores", "short", new Line(value(Metric.STORE_CONNECTIONS))),
                            new Panel(
                                    "Refused by stores",
                                    "cps",
                                    new Line(rateBy(Metric.STORE_REFUSALS, "reply"), "{{reply}}")),
                            new Panel(
                                    "Connections ended by an error",
                                    "cps",
                                    new Line(rate(Metric.STORE_CLOSED_BY_ERROR))),
                            new Panel("Calls to controllers", "cps", new Line(rate(Metric.CONTROLLER_CALLS))),
                            new Panel(
                                    "Calls that failed",
                                    "cps",
                                    new Line(rateBy(Metric.CONTROLLER_FAILURES, "status"), "{{status}}")),
                            new Panel("Connections not read for a while", "cps", new Line(rate(Metric.STORE_PAUSES))),
                            new Panel(
                                    "Answers over HTTP",
                                    "cps",
                                    new Line(rateBy(Metric.HTTP_RESPONSES, "class"), "{{class}}")))),
            new Row(
                    "Partitions and their logs",
                    List.of(
                            new Panel(
                                    "Time of a frame to the log",
                                    "s",
                                    new Line(quantile(0.5, Metric.LOG_APPEND_SECONDS), "median " + NODE),
                                    new Line(quantile(0.99, Metric.LOG_APPEND_SECONDS), "99 % " + NODE)),
                            new Panel("Bytes to the log", "Bps", new Line(rate(Metric.LOG_APPENDED_BYTES))),
                            new Panel("Frames on their way", "short", new Line(sum(Metric.LOG_PENDING_FRAMES))),
                            new Panel("Partitions that serve", "short", new Line(sum(Metric.PARTITION_SERVING))),
                            new Panel(
                                    "Time of the last recovery",
                                    "s",
                                    new Line(value(Metric.PARTITION_RECOVERY_SECONDS), "{{partition}} " + NODE)),
                            new Panel("Outputs that wait", "short", new Line(sum(Metric.PARTITION_HELD_OUTPUTS))))),
            new Row(
                    "Long-term storage",
                    List.of(
                            new Panel("Data that waits", "bytes", new Line(sum(Metric.STORAGE_WAITING_BYTES))),
                            new Panel("Age of the oldest of it", "s", new Line(max(Metric.STORAGE_WAITING_SECONDS))),
                            new Panel("Chunks", "short", new Line(sum(Metric.STORAGE_CHUNKS))),
                            new Panel(
                                    "Calls to it",
                                    "cps",
                                    new Line(rateBy(Metric.STORAGE_CALLS, "operation"), "{{operation}}"),
                                    new Line(rateBy(Metric.STORAGE_CALLS, "outcome"), "{{outcome}}")),
                            new Panel(
                                    "Time of a call",
                                    "s",
                                    new Line(quantile(0.5, Metric.STORAGE_CALL_SECONDS), "median " + NODE),
                                    new Line(quantile(0.99, Metric.STORAGE_CALL_SECONDS), "99 % " + NODE)),
                            new Panel(
                                    "Reads of what is there",
                                    "cps",
                                    new Line(rate(Metric.STORAGE_CACHE_HITS), "from memory " + NODE),
                                    new Line(rate(Metric.STORAGE_CACHE_MISSES), "waited " + NODE)))),
            new Row(
                    "Nodes",
                    List.of(
                            new Panel("Ready", "short", new Line(value(Metric.NODE_READY))),
                            new Panel("Lateness of event loops", "s", new Line(max(Metric.LOOP_LAG_SECONDS))),
                            new Panel("Memory for frames", "bytes", new Line(sum(Metric.PARTITION_CACHE_BYTES))),
                            new Panel(
                                    "Heap",
                                    "bytes",
                                    new Line("sum by (instance) (jvm_memory_used_bytes{area=\"heap\"})")),
                            new Panel("Processor", "percentunit", new Line("process_cpu_usage")),
                            new Panel("Free room of the log", "bytes", new Line(value(Metric.LOG_DISK_FREE_BYTES))),
                            new Panel(
                                    "Commands between nodes",
                                    "cps",
                                    new Line(rate(Metric.BUS_SENT), "sent " + NODE),
                                    new Line(rate(Metric.BUS_DELAYED), "delayed " + NODE),
                                    new Line(rate(Metric.BUS_LOST), "lost " + NODE)),
                            new Panel(
                                    "Nodes that cannot be reached",
                                    "short",
                                    new Line(value(Metric.CLUSTER_UNREACHABLE_NODES))),
                            new Panel(
                                    "Clocks, ahead of ZooKeeper's",
                                    "s",
                                    new Line(value(Metric.CLUSTER_CLOCK_AHEAD_SECONDS))))));

    private Dashboard() {}

    /** As Grafana imports it. */
    public static String json() {
        JsonArray panels = new JsonArray();
        int y = 0;
        for (Row row : ROWS) {
            panels.add(new JsonObject()
                    .put("type", "row")
                    .put("title", row.title())
                    .put("gridPos", place(0, y, 24, 1)));
            y++;
            for (int i = 0; i < row.panels().size(); i++) {
                panels.add(panel(row.panels().get(i), i % COLUMNS * WIDTH, y + i / COLUMNS * HEIGHT));
            }
            y += (row.panels().size() + COLUMNS - 1) / COLUMNS * HEIGHT;
        }
        return new JsonObject()
                        .put("title", "Headrace")
                        .put("uid", "headrace")
                        .put("schemaVersion", 39)
                        .put("editable", true)
                        .put("refresh", "10s")
                        .put("time", new JsonObject().put("from", "now-1h").put("to", "now"))
                        .put(
                                "templating",
                                new JsonObject()
                                        .put(
                                                "list",
                                                new JsonArray()
                                                        .add(new JsonObject()
                                                                .put("name", "source")
                                                                .put("type", "datasource")
                                                                .put("query", "prometheus"))))
                        .put("panels", panels)
                        .encodePrettily()
                + "\n";
    }

    private static JsonObject panel(Panel panel, int x, int y) {
        JsonArray targets = new JsonArray();
        for (int i = 0; i < panel.lines().size(); i++) {
            Line line = panel.lines().get(i);
            targets.add(new JsonObject()
                    .put("refId", String.valueOf((char) ('A' + i)))
                    .put("expr", line.query())
                    .put("legendFormat", line.legend()));
        }
        return new JsonObject()
                .put("type", "timeseries")
                .put("title", panel.title())
                .put("datasource", new JsonObject().put("type", "prometheus").put("uid", "${source}"))
                .put("gridPos", place(x, y, WIDTH, HEIGHT))
                .put(
                        "fieldConfig",
                        new JsonObject()
                                .put(
                                        "defaults",
                                        new JsonObject()
                                                .put("unit", panel.unit())
                                                .put("min", null)))
                .put("targets", targets);
    }

    private static JsonObject place(int x, int y, int width, int height) {
        return new JsonObject().put("x", x).put("y", y).put("w", width).put("h", height);
    }
}
