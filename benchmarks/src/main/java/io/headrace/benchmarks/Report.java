/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns the lines that {@link FirstLight} wrote into a page. Arguments: file of results, page. */
public final class Report {
    private static final String[] COLUMNS = {
        "events/s (median second)", "worst second", "lone append p50 ms", "p99 ms", "fdatasync p50 ms", "p99 ms"
    };

    private Report() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, List<double[]>> runs = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.split("\t", -1);
            double[] values = new double[fields.length - 1];
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.parseDouble(fields[i + 1]);
            }
            runs.computeIfAbsent(fields[0], name -> new ArrayList<>()).add(values);
        }
        StringBuilder page = new StringBuilder("""
                # First comparison

                One machine, one run of `benchmarks/run`: the servers by turns, the same published client (0.13.0) in a JVM of
                its own, 100 B events, one writer, one segment, 20 MB unacknowledged at most; before that 1 KB events one at
                a time. Both servers write to a bookie of the same version with the same settings (journal synced for each
                acknowledgement, flush when the queue is empty, one copy): Headrace to its embedded one, Pravega to one in a
                process of its own. Medians over the rounds; each round is below.

                """);
        row(page, "server", COLUMNS);
        row(page, "---", "---", "---", "---", "---", "---", "---");
        runs.forEach((server, rounds) -> row(page, server, text(medians(rounds))));
        page.append("\nEach round:\n\n");
        row(page, "server", COLUMNS);
        row(page, "---", "---", "---", "---", "---", "---", "---");
        runs.forEach((server, rounds) -> rounds.forEach(round -> row(page, server, text(round))));
        page.append(String.format(
                Locale.ROOT,
                "%nMachine: %d cores, Java %s, %s %s.%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version")));
        Files.writeString(Path.of(arguments[1]), page);
        System.out.print(page);
    }

    private static double[] medians(List<double[]> rounds) {
        double[] medians = new double[COLUMNS.length];
        for (int column = 0; column < medians.length; column++) {
            int at = column;
            double[] values =
                    rounds.stream().mapToDouble(round -> round[at]).sorted().toArray();
            medians[column] = values[values.length / 2];
        }
        return medians;
    }

    private static String[] text(double[] values) {
        String[] text = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            text[i] = String.format(Locale.ROOT, i < 2 ? "%,.0f" : "%.2f", values[i]);
        }
        return text;
    }

    private static void row(StringBuilder page, String first, String... rest) {
        page.append("| ")
                .append(first)
                .append(" | ")
                .append(String.join(" | ", rest))
                .append(" |\n");
    }
}
