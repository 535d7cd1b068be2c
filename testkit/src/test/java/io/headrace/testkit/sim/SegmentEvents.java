/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Events that say what they are: {@code i32 writer | i64 number | i32 length | payload}. */
public final class SegmentEvents {
    public static final int HEADER_BYTES = 16;

    /** An event that was found in a segment. */
    public record Found(int writer, long number, long offset, int length) {}

    private SegmentEvents() {}

    public static byte[] encode(int writer, long number, int payloadLength) {
        byte[] bytes = new byte[HEADER_BYTES + payloadLength];
        ByteBuf out = Unpooled.wrappedBuffer(bytes).clear();
        out.writeInt(writer).writeLong(number).writeInt(payloadLength);
        for (int i = HEADER_BYTES; i < bytes.length; i++) {
            bytes[i] = payload(writer, number, i);
        }
        return bytes;
    }

    /** Reads all events of {@code content}, which starts at {@code offset} of its segment. */
    public static List<Found> parse(ByteBuf content, long offset, Simulation simulation) {
        List<Found> events = new ArrayList<>();
        int at = 0;
        while (at < content.writerIndex()) {
            if (content.writerIndex() - at < HEADER_BYTES) {
                throw simulation.violation("an event is cut off at offset " + (offset + at));
            }
            int writer = content.getInt(at);
            long number = content.getLong(at + 4);
            int length = content.getInt(at + 12);
            if (length < 0 || content.writerIndex() - at - HEADER_BYTES < length) {
                throw simulation.violation("no whole event stands at offset " + (offset + at));
            }
            for (int i = HEADER_BYTES; i < HEADER_BYTES + length; i++) {
                if (content.getByte(at + i) != payload(writer, number, i)) {
                    throw simulation.violation("an event is damaged at offset " + (offset + at + i));
                }
            }
            events.add(new Found(writer, number, offset + at, HEADER_BYTES + length));
            at += HEADER_BYTES + length;
        }
        return events;
    }

    private static byte payload(int writer, long number, int index) {
        return (byte) (writer * 131L + number * 31 + index);
    }
}
