/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.SegmentRange;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.TimeWindow;
import io.headrace.codecs.name.SegmentName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What of a stream lies behind a place where a reader group is. */
final class GroupLag {
    /** Events are counted in so much of each segment; beyond that their number is estimated. */
    private static final long COUNTED_BYTES = 1 << 20;

    /**
     * What is left of one segment.
     *
     * @param segment its full name
     * @param exact whether the events were counted
     */
    record OfSegment(String segment, long bytes, long events, boolean exact) {}

    private final HeadraceClient client;
    private final StreamName stream;
    private final EventReader<byte[]> reader;

    /** @param bounds what of the stream the group reads */
    GroupLag(HeadraceClient client, StreamName stream, Bounds bounds) {
        this.client = client;
        this.stream = stream;
        EventReader<byte[]> all = client.reader(stream, Serializers.bytes());
        this.reader = bounds.to().map(all::until).orElse(all);
    }

    /** Bytes from the cut to the end. */
    long bytes(StreamCut cut) {
        return ranges(cut).stream().mapToLong(SegmentRange::length).sum();
    }

    /** What is left behind the cut, segment for segment. */
    List<OfSegment> segments(StreamCut cut) {
        List<OfSegment> left = new ArrayList<>();
        for (SegmentRange range : ranges(cut)) {
            left.add(count(range));
        }
        return left;
    }

    private List<SegmentRange> ranges(StreamCut cut) {
        return reader.from(ReadFrom.cut(cut)).ranges().toList().blockingGet();
    }

    private OfSegment count(SegmentRange range) {
        String segment =
                SegmentName.of(stream.scope(), stream.name(), range.segmentId()).qualified();
        long bytes = 0;
        long events = 0;
        if (range.length() > 0) {
            for (Event<byte[]> event : reader.events(range).blockingIterable()) {
                bytes += event.pointer().length();
                events++;
                if (bytes >= COUNTED_BYTES) {
                    break;
                }
            }
        }
        boolean exact = bytes >= range.length() || events == 0;
        return new OfSegment(segment, range.length(), exact ? events : events * range.length() / bytes, exact);
    }

    /**
     * How old the oldest event behind the cut may be, by what the stream's writers have noted of time; empty if they have not
     * noted any.
     */
    Optional<Duration> age(StreamCut cut, Instant now) {
        Map<String, Place> places = new TreeMap<>();
        cut.offsets()
                .forEach((id, offset) -> places.put(
                        SegmentName.of(stream.scope(), stream.name(), id).qualified(),
                        new Place(offset, Optional.empty())));
        TimeWindow window = client.reader(stream, Serializers.bytes())
                .timeWindow(new Position(places))
                .blockingGet();
        return window.lower().map(lower -> Duration.between(lower, now));
    }
}
