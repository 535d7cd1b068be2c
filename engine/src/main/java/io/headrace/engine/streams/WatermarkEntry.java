/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A watermark as it stands in a mark stream, where clients read it: an event, whose payload has the layout of Pravega's
 * versioned serializers.
 *
 * <pre>
 * i32 0 | i32 length of what follows
 * preamble | i64 lower | i64 upper | compact count, then for each segment:
 *     preamble | i64 segment id | f64 low | f64 high
 *     i64 offset
 *
 * preamble   u8 format 0 | u8 version 0 | u8 revisions 1 | u8 revision 0 | i32 length of the object's fields
 * compact    up to 2^7 - 1 in one byte, up to 2^14 - 1 in two that begin with bits 10, else in four that begin with 11
 * </pre>
 */
final class WatermarkEntry {
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int PREAMBLE = 0x00_00_01_00;
    private static final int PREAMBLE_BYTES = 2 * Integer.BYTES;
    private static final int SEGMENT_BYTES = 3 * Long.BYTES;
    private static final int SEGMENT_ENTRY_BYTES = PREAMBLE_BYTES + SEGMENT_BYTES + Long.BYTES;

    private WatermarkEntry() {}

    /** Length of the whole entry, in bytes. */
    static int length(Watermark watermark) {
        return HEADER_BYTES + PREAMBLE_BYTES + fieldsLength(watermark);
    }

    private static int fieldsLength(Watermark watermark) {
        int count = watermark.position().offsets().size();
        return 2 * Long.BYTES + compactLength(count) + count * SEGMENT_ENTRY_BYTES;
    }

    /** The whole entry, in heap memory. The segments of the position must be in the history. */
    static ByteBuf write(Watermark watermark, EpochGraph graph) {
        int fields = fieldsLength(watermark);
        ByteBuf out = Unpooled.buffer(length(watermark));
        out.writeInt(0).writeInt(PREAMBLE_BYTES + fields);
        out.writeInt(PREAMBLE).writeInt(fields);
        out.writeLong(watermark.lower()).writeLong(watermark.upper());
        writeCompact(out, watermark.position().offsets().size());
        watermark.position().offsets().forEach((id, offset) -> {
            SegmentRange segment = graph.segment(id);
            out.writeInt(PREAMBLE).writeInt(SEGMENT_BYTES);
            out.writeLong(id).writeDouble(segment.low()).writeDouble(segment.high());
            out.writeLong(offset);
        });
        return out;
    }

    private static int compactLength(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 4;
    }

    private static void writeCompact(ByteBuf out, int value) {
        switch (compactLength(value)) {
            case 1 -> out.writeByte(value);
            case 2 -> out.writeShort(0x8000 | value);
            default -> out.writeInt(0xC000_0000 | value);
        }
    }
}
