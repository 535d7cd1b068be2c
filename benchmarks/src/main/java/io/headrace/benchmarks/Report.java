/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
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

/** Turns the lines of {@link Results} into a page. Arguments: file of results, page, description of the machine. */
public final class Report {
    private static final String INTRODUCTION = """
            # Side by side

            One machine, one run of `benchmarks/run`: the servers by turns, each started afresh with an empty directory and
            ended after its turn; the same published client (0.13.0) in a JVM of its own. Both servers write to a bookie of
            the same version with the same settings (journal synced for each acknowledgement, flush when the queue is empty,
            one copy): Headrace to its embedded one, Pravega to one in a process of its own.

            Writes: one writer, one segment, 20 MB unacknowledged at most; bytes to disk are counted until nothing is written
            any more, data on its way to long-term storage included. Without long-term storage: a server of its own, started
            with `--tier2 none`. Catch-up: one reader of one segment that has been written before; beside it, how fast one
            thread reads a file of that size from the page cache, a megabyte at a time. Transactions: ten events of 1 KB in one segment, over pooled connections, the state asked for each
            millisecond until it is committed. Scaling: a stream is split in two and merged again, ten times, under a writer of
            1,000 events a second. Medians over the rounds; each round is below.

            """;

    private Report() {}

    public static void main(String[] arguments) throws IOException {
        write(INTRODUCTION, arguments);
    }

    /** Writes a page that begins with {@code introduction}; the arguments are those of {@link #main}. */
    static void write(String introduction, String... arguments) throws IOException {
        Map<String, Map<Metric, List<Double>>> servers = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.split("\t", -1);
            if (fields[1].equals(Results.FAILURE)) {
                failures.add(fields[0] + ", " + fields[2]);
                continue;
            }
            servers.computeIfAbsent(fields[0], name -> new EnumMap<>(Metric.class))
                    .computeIfAbsent(Metric.valueOf(fields[1]), metric -> new ArrayList<>())
                    .add(Double.parseDouble(fields[2]));
        }
        StringBuilder page = new StringBuilder(introduction);
        table(page, servers, (metric, values) -> metric.text(median(values)));
        page.append("\nEach round:\n\n");
        table(page, servers, (metric, values) -> values.stream()
                .map(metric::text)
                .collect(Collectors.joining(" · ")));
        if (!failures.isEmpty()) {
            page.append("\nMeasurements that came to no end:\n\n");
            failures.forEach(failure -> page.append("* ").append(failure).append('\n'));
        }
        page.append(String.format(Locale.ROOT, "%nMachine: %s.%n", arguments[2]));
        Files.writeString(Path.of(arguments[1]), page);
        System.out.print(page);
    }

    private interface Cell {
        String text(Metric metric, List<Double> values);
    }

    private static void table(StringBuilder page, Map<String, Map<Metric, List<Double>>> servers, Cell cell) {
        row(page, "", servers.keySet(), "");
        row(page, "---", servers.keySet().stream().map(name -> "---:").toList(), "---");
        for (Metric metric : Metric.values()) {
            if (servers.values().stream().anyMatch(values -> values.containsKey(metric))) {
                List<String> cells = servers.values().stream()
                        .map(values -> values.getOrDefault(metric, List.of()))
                        .map(values -> values.isEmpty() ? "" : cell.text(metric, values))
                        .toList();
                row(page, metric.title, cells, metric.unit);
            }
        }
    }

    private static void row(StringBuilder page, String title, Collection<String> cells, String unit) {
        page.append("| ").append(title).append(" | ");
        page.append(String.join(" | ", cells)).append(" | ").append(unit).append(" |\n");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
