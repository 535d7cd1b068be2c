/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

/** Questions to Prometheus, built of {@link Metric}s, so that no name can drift. */
final class Query {
    /** How far back rates look; several scrapes. */
    private static final String WINDOW = "[5m]";

    private Query() {}

    static String value(Metric metric) {
        return metric.queryName();
    }

    /** Growth in a second, of all labels together. */
    static String rate(Metric metric) {
        return "sum by (instance) (rate(" + metric.queryName() + WINDOW + "))";
    }

    /** Growth in a second, by one label. */
    static String rateBy(Metric metric, String label) {
        return "sum by (" + label + ") (rate(" + metric.queryName() + WINDOW + "))";
    }

    /** Sum over labels, by node. */
    static String sum(Metric metric) {
        return "sum by (instance) (" + metric.queryName() + ")";
    }

    static String max(Metric metric) {
        return "max by (instance) (" + metric.queryName() + ")";
    }

    /** What so large a part of the values of a histogram stays below. */
    static String quantile(double part, Metric metric) {
        return "histogram_quantile(" + part + ", sum by (le, instance) (rate(" + metric.queryName() + "_bucket" + WINDOW
                + ")))";
    }
}
