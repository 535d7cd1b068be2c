/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.SegmentName;
import java.util.UUID;

/** How the segments of streams, tables and transactions are called. */
final class SegmentNames {
    private SegmentNames() {}

    static String segment(StreamName stream, long segmentId) {
        return SegmentName.of(stream.scope(), stream.stream(), segmentId).qualified();
    }

    static String tableSegment(String scope, String table, long segmentId) {
        return SegmentName.of(scope, Names.tableStream(table), segmentId).qualified();
    }

    /** The segment for what a transaction of an epoch writes to the segment of a number. */
    static String transactionSegment(StreamName stream, int number, int epoch, UUID transaction) {
        return SegmentName.transactionSegment(segment(stream, SegmentName.id(epoch, number)), transaction);
    }
}
