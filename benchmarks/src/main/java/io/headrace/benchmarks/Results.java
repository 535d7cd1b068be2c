/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Takes down what one run measures: a line for each number, in a file that all runs share, and on standard output. */
final class Results {
    private final String server;
    private final Path file;

    Results(String server, Path file) {
        this.server = server;
        this.file = file;
    }

    void add(Metric metric, double value) throws IOException {
        Files.writeString(
                file,
                String.format(Locale.ROOT, "%s\t%s\t%f%n", server, metric, value),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        System.out.printf("  %-66s %12s %s%n", metric.title, metric.text(value), metric.unit);
    }

    /** Adds a percentile, 0 to 100, of times in nanoseconds as milliseconds. */
    void addMillis(Metric metric, Histogram nanos, double percentile) throws IOException {
        add(metric, nanos.getValueAtPercentile(percentile) / 1e6);
    }
}
