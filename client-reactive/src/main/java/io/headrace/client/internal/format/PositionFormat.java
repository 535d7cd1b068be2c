/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.KeyRange;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedWriter;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Positions. Revision 0: map of utf segment to compact i64 offset, the largest one for a finished segment. Revision 1: map
 * of utf segment to the two ends of its range, -1 each if it is not known; older clients left it out.
 */
public final class PositionFormat {
    private static final int VERSION = 0;
    private static final long FINISHED = VersionedWriter.MAX_COMPACT_LONG;
    private static final double UNKNOWN = -1;

    private PositionFormat() {}

    public static byte[] toBytes(Position position) {
        return Bytes.written(out -> VersionedWriter.write(
                out,
                VERSION,
                fields -> fields.map(position.places(), (segment, place) -> fields.utf(segment)
                        .compactLong(place.offset() < 0 ? FINISHED : place.offset())),
                fields -> fields.map(position.places(), (segment, place) -> fields.utf(segment)
                        .f64(place.range().map(KeyRange::low).orElse(UNKNOWN))
                        .f64(place.range().map(KeyRange::high).orElse(UNKNOWN)))));
    }

    public static Position fromBytes(byte[] bytes) {
        return Bytes.read("position", bytes, PositionFormat::read);
    }

    private static Position read(ByteBuf in) {
        VersionedReader.Found found = VersionedReader.read(in, VERSION);
        Map<String, KeyRange> ranges = new HashMap<>();
        found.revision(1).ifPresent(fields -> {
            for (int left = fields.count(1); left > 0; left--) {
                String segment = fields.utf();
                double low = fields.f64();
                double high = fields.f64();
                if (low >= 0 && low < high && high <= 1) {
                    ranges.put(segment, new KeyRange(low, high));
                }
            }
        });
        VersionedReader fields = found.required(0);
        Map<String, Place> places = new HashMap<>();
        for (int left = fields.count(1); left > 0; left--) {
            String segment = fields.utf();
            long offset = fields.compactLong();
            places.put(
                    segment,
                    new Place(offset == FINISHED ? Place.FINISHED : offset, Optional.ofNullable(ranges.get(segment))));
        }
        return new Position(places);
    }
}
