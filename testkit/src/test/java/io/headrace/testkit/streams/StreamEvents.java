/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.testkit.sim.SegmentEvents;
import io.headrace.testkit.sim.Simulation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Events that say whose they are, for which key, and which one of that writer and key. */
final class StreamEvents {
    private static final int KEY_SHIFT = 40;

    /** An event that was found in a segment. */
    record Found(int writer, int key, long number, long offset) {}

    private StreamEvents() {}

    static ByteBuf encode(int writer, int key, long number) {
        long both = (long) key << KEY_SHIFT | number;
        return Unpooled.wrappedBuffer(SegmentEvents.encode(writer, both, (int) (number * 7 % 23)));
    }

    /** Bytes of the whole events at the beginning of what is readable. */
    static int wholeEvents(ByteBuf content) {
        int at = content.readerIndex();
        while (content.writerIndex() - at >= SegmentEvents.HEADER_BYTES) {
            int length = SegmentEvents.HEADER_BYTES + content.getInt(at + SegmentEvents.HEADER_BYTES - Integer.BYTES);
            if (content.writerIndex() - at < length) {
                break;
            }
            at += length;
        }
        return at - content.readerIndex();
    }

    static List<Found> parse(ByteBuf content, long offset, Simulation simulation) {
        List<Found> found = new ArrayList<>();
        for (SegmentEvents.Found event : SegmentEvents.parse(content, offset, simulation)) {
            int key = (int) (event.number() >> KEY_SHIFT);
            found.add(new Found(event.writer(), key, event.number() & (1L << KEY_SHIFT) - 1, event.offset()));
        }
        return found;
    }
}
