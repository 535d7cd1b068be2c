/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A picture of some metrics: a group of bars for each, a bar for each column of the results. The longest bar of a group is
 * as long as there is room, so that metrics of different units stand below each other.
 *
 * @param file where it is, beside the others
 * @param title what it shows
 * @param metrics from top to bottom
 */
record Chart(String file, String title, List<Metric> metrics) {
    static final List<Chart> ALL = List.of(
            new Chart(
                    "writes.svg",
                    "Writes, one writer: more is better",
                    List.of(
                            Metric.WRITE_100_B,
                            Metric.WRITE_1_KB,
                            Metric.WRITE_10_KB,
                            Metric.WRITE_100_KB,
                            Metric.WRITE_1_MB)),
            new Chart(
                    "latency.svg",
                    "Events at a fixed rate, until acknowledged and until read: less is better",
                    List.of(
                            Metric.LONE_APPEND_P50,
                            Metric.PACED_1000_ACKNOWLEDGED_P50,
                            Metric.PACED_1000_ACKNOWLEDGED_P99,
                            Metric.PACED_10000_ACKNOWLEDGED_P50,
                            Metric.PACED_10000_ACKNOWLEDGED_P99,
                            Metric.PACED_10000_READ_P50,
                            Metric.PACED_10000_READ_P99)),
            new Chart(
                    "reads.svg",
                    "Catch-up of 4 GiB: more is better",
                    List.of(Metric.CATCH_UP_1_KB, Metric.CATCH_UP_100_KB)));

    private static final List<String> COLOURS =
            List.of("#0b6e99", "#4aa8c7", "#a5cfdd", "#c2571a", "#e0a37e", "#7a7a7a", "#b5b5b5");
    private static final int WIDTH = 760;
    private static final int NAMES = 210;
    private static final int NUMBERS = 130;
    private static final int BAR = 16;
    private static final int GAP = 34;
    private static final int TOP = 44;

    /** The picture, of the values that each column has. */
    String svg(Map<String, Map<Metric, Double>> columns) {
        StringBuilder bars = new StringBuilder();
        int y = TOP;
        for (Metric metric : metrics) {
            double most = columns.values().stream()
                    .mapToDouble(values -> values.getOrDefault(metric, 0.0))
                    .max()
                    .orElse(0);
            if (most == 0) {
                continue;
            }
            y += GAP;
            text(bars, 12, y - 8, "start", "font-weight='bold'", metric.title + unit(metric));
            int column = 0;
            for (Map.Entry<String, Map<Metric, Double>> each : columns.entrySet()) {
                Double value = each.getValue().get(metric);
                String colour = COLOURS.get(column++ % COLOURS.size());
                if (value != null) {
                    double length = Math.max(1, value / most * (WIDTH - NAMES - NUMBERS));
                    bars.append(String.format(
                            Locale.ROOT,
                            "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
                            NAMES,
                            y,
                            length,
                            BAR - 3,
                            colour));
                    text(bars, NAMES - 8, y + BAR - 5, "end", "", each.getKey());
                    text(bars, NAMES + (int) length + 8, y + BAR - 5, "start", "", metric.text(value));
                    y += BAR;
                }
            }
        }
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n"
                        + "<rect width='100%%' height='100%%' fill='white'/>%n",
                WIDTH,
                y + 16));
        text(svg, 12, 26, "start", "font-size='16'", title);
        return svg.append(bars).append("</svg>\n").toString();
    }

    private static String unit(Metric metric) {
        return metric.unit.isEmpty() ? "" : ", " + metric.unit;
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String more, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x='%d' y='%d' text-anchor='%s' %s fill='#222'>%s</text>%n",
                x,
                y,
                anchor,
                more,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
