/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.StreamSegment;
import io.headrace.codecs.versioned.VersionedReader;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event of a stream of watermarks: i64 lower bound, i64 upper bound, map of segment to i64 offset. A segment is an object
 * of its own: i64 id, f64 low, f64 high.
 *
 * @param lowerMillis no event behind the offsets is older
 * @param upperMillis no event before the offsets is newer, as far as writers have told
 */
public record Watermark(long lowerMillis, long upperMillis, Map<StreamSegment, Long> offsets) {
    private static final int VERSION = 0;

    /** Reads one; {@link io.headrace.codecs.wire.WireFormatException} if it is none. */
    public static Watermark read(ByteBuf in) {
        VersionedReader fields = VersionedReader.read(in, VERSION).required(0);
        long lower = fields.i64();
        long upper = fields.i64();
        Map<StreamSegment, Long> offsets = new LinkedHashMap<>();
        for (int left = fields.count(Long.BYTES); left > 0; left--) {
            VersionedReader segment =
                    VersionedReader.read(fields.buffer(), VERSION).required(0);
            offsets.put(new StreamSegment(segment.i64(), segment.f64(), segment.f64()), fields.i64());
        }
        return new Watermark(lower, upper, offsets);
    }
}
