/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.SegmentRange;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.codecs.name.SegmentName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what there is to know of a stream. */
final class StreamDescription {
    private StreamDescription() {}

    /** @param measure for how long to look how fast it grows; zero: not at all */
    static Row of(HeadraceClient client, StreamName stream, Duration measure) throws InterruptedException {
        StreamConfiguration settings =
                client.administration().configuration(stream).blockingGet();
        List<StreamSegment> current =
                client.administration().currentSegments(stream).blockingGet();
        EventReader<byte[]> reader = client.reader(stream, Serializers.bytes());
        List<SegmentRange> before = reader.ranges().toList().blockingGet();
        long began = System.nanoTime();
        List<SegmentRange> now = before;
        if (!measure.isZero() && !current.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(measure.toMillis());
            now = reader.ranges().toList().blockingGet();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return row(stream, settings, current, now, measure.isZero() ? null : rates(before, now, seconds));
    }

    /** Bytes per second by segment id. */
    private static Map<Long, Double> rates(List<SegmentRange> before, List<SegmentRange> now, double seconds) {
        Map<Long, Long> ends = new TreeMap<>();
        before.forEach(range -> ends.put(range.segmentId(), range.toOffset()));
        Map<Long, Double> rates = new TreeMap<>();
        now.forEach(range ->
                rates.put(range.segmentId(), (range.toOffset() - ends.getOrDefault(range.segmentId(), 0L)) / seconds));
        return rates;
    }

    private static Row row(
            StreamName stream,
            StreamConfiguration settings,
            List<StreamSegment> current,
            List<SegmentRange> ranges,
            @Nullable Map<Long, Double> rates) {
        Map<Long, StreamSegment> open = current.stream()
                .collect(Collectors.toMap(StreamSegment::id, Function.identity(), (a, b) -> a, TreeMap::new));
        List<Row> segments = new ArrayList<>();
        for (SegmentRange range : ranges) {
            segments.add(segment(range, open.get(range.segmentId()), rates));
        }
        Row row = new Row()
                .with("stream", stream)
                .with("state", current.isEmpty() ? "sealed" : "open")
                .with("scaling", StreamSettings.text(settings.scaling()))
                .with("retention", StreamSettings.text(settings.retention()))
                .with("tags", List.copyOf(settings.tags()), String.join(", ", settings.tags()))
                .with("currentSegments", current.size())
                .withBytes(
                        "bytes", ranges.stream().mapToLong(SegmentRange::length).sum());
        if (rates != null) {
            double sum =
                    rates.values().stream().mapToDouble(Double::doubleValue).sum();
            row.with("bytesPerSecond", Math.round(sum), Units.bytes(sum) + "/s");
        }
        return row.with("segments", segments);
    }

    private static Row segment(SegmentRange range, @Nullable StreamSegment open, @Nullable Map<Long, Double> rates) {
        Row row = new Row()
                .with("segment", name(range.segmentId()))
                .with("state", open == null ? "sealed" : "open")
                .with("keys", open == null ? null : keys(open))
                .with("from", range.fromOffset())
                .with("to", range.toOffset())
                .withBytes("bytes", range.length());
        if (rates != null) {
            double rate = rates.getOrDefault(range.segmentId(), 0.0);
            row.with("bytesPerSecond", Math.round(rate), Units.bytes(rate) + "/s");
        }
        return row;
    }

    /** Number and epoch, as in the full name of a segment. */
    static String name(long segmentId) {
        return SegmentName.numberOf(segmentId) + ".#epoch." + SegmentName.epochOf(segmentId);
    }

    private static String keys(StreamSegment segment) {
        return String.format(Locale.ROOT, "%.4f-%.4f", segment.low(), segment.high());
    }
}
