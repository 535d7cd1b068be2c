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
    /** Stands for the metric in the line of a measurement that failed. */
    static final String FAILURE = "FAILURE";

    private final String server;
    private final Path file;

    Results(String server, Path file) {
        this.server = server;
        this.file = file;
    }

    void add(Metric metric, double value) throws IOException {
        write(metric.name(), String.format(Locale.ROOT, "%f", value));
        System.out.printf("  %-66s %12s %s%n", metric.title, metric.text(value), metric.unit);
    }

    /** Notes that a measurement came to no end. */
    void addFailure(String measurement, Exception cause) throws IOException {
        write(FAILURE, measurement + ": " + cause.toString().replaceAll("\\s+", " "));
        System.out.printf("  %s failed: %s%n", measurement, cause);
    }

    private void write(String name, String value) throws IOException {
        Files.writeString(
                file,
                String.format("%s\t%s\t%s%n", server, name, value),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Adds a percentile, 0 to 100, of times in nanoseconds as milliseconds. */
    void addMillis(Metric metric, Histogram nanos, double percentile) throws IOException {
        add(metric, nanos.getValueAtPercentile(percentile) / 1e6);
    }
}
