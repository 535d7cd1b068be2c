/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.metrics.Alerts;
import io.headrace.server.metrics.Dashboard;
import io.headrace.server.metrics.MetricsPage;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** {@code headrace generate ...}: files for the programs that watch a server. */
final class GenerateCommand {
    static final String ABOUT = "Prints files for the programs that watch a server.";

    record File(String about, Supplier<String> text) {}

    static final Map<String, File> FILES = new TreeMap<>(Map.of(
            "grafana-dashboard", new File("Prints a dashboard for Grafana (JSON).", Dashboard::json),
            "prometheus-alerts", new File("Prints rules for the alerts of Prometheus (YAML).", Alerts::yaml),
            "metrics-page", new File("Prints what is measured (Markdown).", MetricsPage::markdown)));

    private GenerateCommand() {}

    static String text(String name) {
        File file = FILES.get(name);
        if (file == null) {
            throw new IllegalArgumentException("there is no file " + name);
        }
        return file.text().get();
    }
}
