/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns the lines of {@link Results} into a page, and into charts beside it. Arguments: file of results, page, description
 * of the machine. Standard input has what the page begins with.
 */
public final class Report {
    private Report() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Map<Metric, List<Double>>> columns = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.split("\t", -1);
            if (fields[1].equals(Results.FAILURE)) {
                failures.add(fields[0] + ", " + fields[2]);
                continue;
            }
            columns.computeIfAbsent(fields[0], name -> new EnumMap<>(Metric.class))
                    .computeIfAbsent(Metric.valueOf(fields[1]), metric -> new ArrayList<>())
                    .add(Double.parseDouble(fields[2]));
        }
        Path page = Path.of(arguments[1]);
        String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                + charts(page, columns)
                + table(columns, (metric, values) -> metric.text(median(values)))
                + rounds(columns)
                + failures(failures)
                + String.format(Locale.ROOT, "%nMachine: %s.%n", arguments[2]);
        Files.writeString(page, text);
        System.out.print(text);
    }

    /** All values; of one round there is nothing that the medians do not say. */
    private static String rounds(Map<String, Map<Metric, List<Double>>> columns) {
        boolean several = columns.values().stream()
                .flatMap(column -> column.values().stream())
                .anyMatch(values -> values.size() > 1);
        return several
                ? "\nEach round:\n\n"
                        + table(columns, (metric, values) -> values.stream()
                                .map(metric::text)
                                .collect(Collectors.joining(" · ")))
                : "";
    }

    /** Makes those for which there is something; the text shows them. */
    private static String charts(Path page, Map<String, Map<Metric, List<Double>>> columns) throws IOException {
        Path directory = page.resolveSibling("charts");
        StringBuilder shown = new StringBuilder();
        if (Files.isDirectory(directory)) {
            for (Chart chart : Chart.ALL) {
                Map<String, Map<Metric, Double>> medians = new LinkedHashMap<>();
                columns.forEach((name, values) -> {
                    Map<Metric, Double> of = new EnumMap<>(Metric.class);
                    values.forEach((metric, all) -> of.put(metric, median(all)));
                    medians.put(name, of);
                });
                Files.writeString(directory.resolve(chart.file()), chart.svg(medians));
                shown.append("![")
                        .append(chart.title())
                        .append("](charts/")
                        .append(chart.file())
                        .append(")\n\n");
            }
        }
        return shown.toString();
    }

    private static String failures(List<String> failures) {
        return failures.isEmpty()
                ? ""
                : "\nMeasurements that came to no end:\n\n"
                        + failures.stream()
                                .map(failure -> "* " + failure + "\n")
                                .collect(Collectors.joining());
    }

    private interface Cell {
        String text(Metric metric, List<Double> values);
    }

    private static String table(Map<String, Map<Metric, List<Double>>> columns, Cell cell) {
        StringBuilder table = new StringBuilder();
        row(table, "", columns.keySet(), "");
        row(table, "---", columns.keySet().stream().map(name -> "---:").toList(), "---");
        for (Metric metric : Metric.values()) {
            if (columns.values().stream().anyMatch(values -> values.containsKey(metric))) {
                List<String> cells = columns.values().stream()
                        .map(values -> values.getOrDefault(metric, List.of()))
                        .map(values -> values.isEmpty() ? "" : cell.text(metric, values))
                        .toList();
                row(table, metric.title, cells, metric.unit);
            }
        }
        return table.toString();
    }

    private static void row(StringBuilder table, String title, Collection<String> cells, String unit) {
        table.append("| ").append(title).append(" | ");
        table.append(String.join(" | ", cells)).append(" | ").append(unit).append(" |\n");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
