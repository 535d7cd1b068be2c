/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final Pattern NAME = Pattern.compile("headrace_[a-z_]+");

    @Test
    void theFilesInTheTreeAreThoseThatTheListOfMetricsGives() throws IOException {
        committed("grafana-dashboard.json", "grafana-dashboard", Dashboard.json());
        committed("prometheus-alerts.yml", "prometheus-alerts", Alerts.yaml());
        committed("metrics.md", "metrics-page", MetricsPage.markdown());
    }

    private static void committed(String file, String command, String text) throws IOException {
        assertThat(Files.readString(Path.of("..", "conf", file)))
                .as("run: ./headrace generate " + command + " > conf/" + file)
                .isEqualTo(text);
    }

    @Test
    void nothingIsAskedForThatThereIsNot() {
        Set<String> known =
                Arrays.stream(Metric.values()).map(Metric::queryName).collect(Collectors.toSet());
        for (String text : new String[] {Dashboard.json(), Alerts.yaml()}) {
            assertThat(NAME.matcher(text)
                            .results()
                            .map(MatchResult::group)
                            .map(name -> name.replaceAll("_bucket$", "")))
                    .isNotEmpty()
                    .allMatch(known::contains);
        }
        assertThat(new JsonObject(Dashboard.json()).getJsonArray("panels")).isNotEmpty();
        assertThat(Alerts.yaml().lines().filter(line -> line.contains("expr:")))
                .allMatch(line -> line.matches(" {8}expr: '[^']+'"));
    }

    @Test
    void numbersAreToldInTheFormatOfPrometheus() {
        try (Metrics metrics = new Metrics()) {
            metrics.add(samples -> {
                samples.add(Metric.STORE_CONNECTIONS, 3);
                samples.add(Metric.PARTITION_SERVING, true, "segments-0");
                samples.add(Metric.PARTITION_SERVING, false, "segments-1");
                samples.add(Metric.STORE_REFUSALS, 7, "WrongHost");
            });
            metrics.add(samples -> samples.add(
                    Metric.LOG_APPEND_SECONDS,
                    new double[] {0.001, Double.POSITIVE_INFINITY},
                    new long[] {4, 1},
                    0.5,
                    "segments-0"));
            assertThat(metrics.text())
                    .contains(
                            "# TYPE headrace_store_connections gauge\nheadrace_store_connections 3.0\n",
                            "headrace_partition_serving{partition=\"segments-0\"} 1.0\n",
                            "headrace_partition_serving{partition=\"segments-1\"} 0.0\n",
                            "# TYPE headrace_store_refusals_total counter\n",
                            "headrace_store_refusals_total{reply=\"WrongHost\"} 7.0\n",
                            "headrace_log_append_seconds_bucket{partition=\"segments-0\",le=\"0.001\"} 4\n",
                            "headrace_log_append_seconds_bucket{partition=\"segments-0\",le=\"+Inf\"} 5\n",
                            "headrace_log_append_seconds_count{partition=\"segments-0\"} 5\n",
                            "headrace_log_append_seconds_sum{partition=\"segments-0\"} 0.5\n",
                            "jvm_memory_used_bytes{area=\"heap\"",
                            "process_files_open_files");
        }
        Samples samples = new Samples();
        assertThatThrownBy(() -> samples.add(Metric.LOG_APPEND_SECONDS, 1, "x")).hasMessageContaining("histogram");
        assertThatThrownBy(() -> samples.add(Metric.PARTITION_SERVING, 1)).isInstanceOf(RuntimeException.class);
    }
}
