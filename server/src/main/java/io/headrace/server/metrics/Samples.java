/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The numbers of one moment. */
public final class Samples {
    /** Where numbers come from. Asked on a worker thread. */
    @FunctionalInterface
    public interface Source {
        void addTo(Samples samples);
    }

    private record Histogram(List<Double> bounds, List<Long> counts, double sum) {}

    private record Point(Labels labels, double value, Histogram histogram) {}

    private static final Histogram NO_HISTOGRAM = new Histogram(List.of(), List.of(), 0);

    private final Map<Metric, List<Point>> points = new EnumMap<>(Metric.class);

    /**
     * Adds a number.
     *
     * @param labels values of the labels that the metric has
     */
    public void add(Metric metric, double value, String... labels) {
        if (metric.type() == Metric.Type.HISTOGRAM) {
            throw new IllegalArgumentException(metric + " is a histogram");
        }
        add(metric, new Point(labels(metric, labels), value, NO_HISTOGRAM));
    }

    /** As {@link #add(Metric, double, String...)}. */
    public void add(Metric metric, long value, String... labels) {
        add(metric, (double) value, labels);
    }

    /** As {@link #add(Metric, double, String...)}, 1 if something is so. */
    public void add(Metric metric, boolean is, String... labels) {
        add(metric, is ? 1.0 : 0.0, labels);
    }

    /**
     * Adds a histogram.
     *
     * @param bounds upper bounds of the buckets; the last is infinite
     * @param counts in each bucket, by itself
     */
    public void add(Metric metric, double[] bounds, long[] counts, double sum, String... labels) {
        if (metric.type() != Metric.Type.HISTOGRAM) {
            throw new IllegalArgumentException(metric + " is no histogram");
        }
        Histogram histogram = new Histogram(
                Arrays.stream(bounds).boxed().toList(),
                Arrays.stream(counts).boxed().toList(),
                sum);
        add(metric, new Point(labels(metric, labels), 0, histogram));
    }

    private void add(Metric metric, Point point) {
        points.computeIfAbsent(metric, key -> new ArrayList<>()).add(point);
    }

    private static Labels labels(Metric metric, String... values) {
        return Labels.of(metric.labels().toArray(new String[0]), values);
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        points.forEach((metric, all) -> snapshots.add(
                switch (metric.type()) {
                    case COUNTER -> counter(metric, all);
                    case GAUGE -> gauge(metric, all);
                    case HISTOGRAM -> histogram(metric, all);
                }));
        return new MetricSnapshots(snapshots);
    }

    private static CounterSnapshot counter(Metric metric, List<Point> all) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
        all.forEach(point -> builder.dataPoint(CounterDataPointSnapshot.builder()
                .labels(point.labels())
                .value(point.value())
                .build()));
        return builder.build();
    }

    private static GaugeSnapshot gauge(Metric metric, List<Point> all) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
        all.forEach(point -> builder.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(point.labels())
                .value(point.value())
                .build()));
        return builder.build();
    }

    private static HistogramSnapshot histogram(Metric metric, List<Point> all) {
        HistogramSnapshot.Builder builder =
                HistogramSnapshot.builder().name(metric.baseName()).help(metric.help());
        all.forEach(point -> builder.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(point.labels())
                .classicHistogramBuckets(ClassicHistogramBuckets.of(
                        point.histogram().bounds(), point.histogram().counts()))
                .sum(point.histogram().sum())
                .build()));
        return builder.build();
    }
}
