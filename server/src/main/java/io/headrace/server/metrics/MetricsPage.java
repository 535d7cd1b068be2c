/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import java.util.Locale;

/** What is measured, for people. */
public final class MetricsPage {
    private MetricsPage() {}

    /** A page in Markdown. */
    public static String markdown() {
        StringBuilder out = new StringBuilder("""
                # What Headrace measures

                Every node answers `GET /metrics` on its HTTP port, in the text format of Prometheus. Beside what stands here there is
                what Micrometer tells of the JVM and the process. Times are in seconds, sizes in bytes.

                | name | type | labels | meaning |
                |---|---|---|---|
                """);
        for (Metric metric : Metric.values()) {
            out.append(String.format(
                    "| `%s` | %s | %s | %s |%n",
                    metric.queryName(),
                    metric.type().name().toLowerCase(Locale.ROOT),
                    String.join(", ", metric.labels()),
                    metric.help()));
        }
        return out.toString();
    }
}
