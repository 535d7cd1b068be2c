/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.StreamName;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints what a benchmark has found out. */
final class BenchResult {
    private static final Map<String, Double> PERCENTILES = new LinkedHashMap<>();

    static {
        PERCENTILES.put("p50", 50.0);
        PERCENTILES.put("p90", 90.0);
        PERCENTILES.put("p99", 99.0);
        PERCENTILES.put("p99.9", 99.9);
        PERCENTILES.put("max", 100.0);
    }

    private BenchResult() {}

    static void print(Printer printer, Console console, String what, StreamName stream, Meter meter) {
        double seconds = meter.seconds();
        Row row = new Row()
                .with("bench", what)
                .with("stream", stream)
                .with("events", meter.events(), Units.count(meter.events()))
                .with("seconds", seconds, String.format(Locale.ROOT, "%.2f", seconds))
                .with("eventsPerSecond", Math.round(meter.events() / seconds), Units.count(meter.events() / seconds))
                .with(
                        "bytesPerSecond",
                        Math.round(meter.bytes() / seconds),
                        Units.bytes(meter.bytes() / seconds) + "/s");
        boolean json = printer.output() == Output.JSON;
        if (json && meter.hasLatencies()) {
            PERCENTILES.forEach((name, percentile) -> row.with(name + "Millis", meter.millis(percentile)));
        }
        printer.show(row);
        if (!json) {
            draw(console, meter);
        }
    }

    private static void draw(Console console, Meter meter) {
        if (meter.rates().size() > 1) {
            console.out().println("\nevents/s in each second:");
            Chart.columns(meter.rates()).forEach(line -> console.out().println("  " + line));
        }
        if (meter.hasLatencies()) {
            console.out().println("\nmilliseconds:");
            double most = meter.millis(100);
            PERCENTILES.forEach((name, percentile) -> console.out()
                    .printf(
                            Locale.ROOT,
                            "  %-5s %9.2f  %s%n",
                            name,
                            meter.millis(percentile),
                            Chart.bar(meter.millis(percentile), most)));
        }
        console.checkOpen();
    }
}
