/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.log.LogException;
import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.Varint;
import io.headrace.engine.tables.Table;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Durable format of a snapshot, version 3. {@code var} is an unsigned {@link Varint}, {@code sig} a signed one; a fixed
 * number is big-endian; times are milliseconds since the Unix epoch.
 *
 * <pre>
 * snapshot   u8 version | var next segment id | var segment count | segments in ascending order of id
 *            the entries of tables that are not kept as rows beside the snapshot, as {@link HeapBase} says: none, today
 *            var mark count | per mark of {@link io.headrace.engine.calls.CallOrder}, in its order: var slot | var caller
 *            | var owner | var issued | var open count | per open number: var issued - number
 * segment    var id - id before | var length and UTF-8 bytes of the name
 *            u8 flags (bit 0 sealed, bit 1 transient, bit 2 table)
 *            i8 scale type | sig target rate | var rollover bytes | sig created | sig last modified - created
 *            var start offset | var length - start offset | var event count
 *            var attribute count | per attribute, in ascending order of ids: i64, i64 id | sig value
 *            var extent count | if any: var start offset - offset of the first extent
 *            per extent: var length | sig frame - frame of the extent before | var position in the frame
 *            if it is a table: var key length | var length of the table | var entry count
 * </pre>
 *
 * Version 2 knew no calls: it ends with the entries of tables. Version 1 knew no tables: it ends with the segments.
 */
final class Snapshot {
    private static final int VERSION = 3;
    private static final int VERSION_WITHOUT_CALLS = 2;
    private static final int VERSION_WITHOUT_TABLES = 1;
    private static final int SEALED = 0b001;
    private static final int TRANSIENT = 0b010;
    private static final int TABLE = 0b100;

    private final SegmentsState state;

    private long[] frames = new long[1024];
    private int frameCount;

    private Snapshot(SegmentsState state) {
        this.state = state;
    }

    static void write(SegmentsState state, ByteBuf out) {
        out.writeByte(VERSION);
        Varint.write(out, state.nextId());
        Varint.write(out, state.count());
        long previousId = 0;
        for (Segment segment : state.all()) {
            Varint.write(out, segment.id - previousId);
            previousId = segment.id;
            writeSegment(segment, out);
        }
        Varint.write(out, 0);
        Varint.write(out, state.calls().size());
        state.calls().forEach((slot, caller, owner, progress) -> {
            Varint.write(out, slot);
            Varint.write(out, caller);
            Varint.write(out, owner);
            Varint.write(out, progress.issued());
            Varint.write(out, progress.open().size());
            progress.open().forEach(number -> Varint.write(out, progress.issued() - number));
        });
    }

    private static void writeSegment(Segment segment, ByteBuf out) {
        Varint.write(out, ByteBufUtil.utf8Bytes(segment.name));
        ByteBufUtil.writeUtf8(out, segment.name);
        Table table = segment.table;
        out.writeByte(
                (segment.sealed ? SEALED : 0) | (segment.isTransient ? TRANSIENT : 0) | (table == null ? 0 : TABLE));
        out.writeByte(segment.scaleType);
        Varint.writeSigned(out, segment.targetRate);
        Varint.write(out, segment.rolloverBytes);
        Varint.writeSigned(out, segment.createdMillis);
        Varint.writeSigned(out, segment.lastModifiedMillis - segment.createdMillis);
        Varint.write(out, segment.startOffset);
        Varint.write(out, segment.length - segment.startOffset);
        Varint.write(out, segment.eventCount);
        Attributes attributes = segment.attributes;
        Varint.write(out, attributes == null ? 0 : attributes.count());
        if (attributes != null) {
            attributes.forEach((idHigh, idLow, value) -> {
                out.writeLong(idHigh).writeLong(idLow);
                Varint.writeSigned(out, value);
            });
        }
        Extents extents = segment.extents;
        int count = extents == null ? 0 : extents.count();
        Varint.write(out, count);
        if (extents != null && count > 0) {
            Varint.write(out, segment.startOffset - extents.offset(0));
            long previousFrame = 0;
            for (int i = 0; i < count; i++) {
                Varint.write(out, extents.end(i, segment.length) - extents.offset(i));
                Varint.writeSigned(out, extents.frame(i) - previousFrame);
                Varint.write(out, extents.position(i));
                previousFrame = extents.frame(i);
            }
        }
        if (table != null) {
            Varint.write(out, table.keyLength());
            Varint.write(out, table.length());
            Varint.write(out, table.count());
        }
    }

    /** Fills an empty state from a snapshot; fails if the bytes are not a whole snapshot of a known version. */
    static void read(ByteBuf in, SegmentsState state) {
        int version = in.readUnsignedByte();
        if (version < VERSION_WITHOUT_TABLES || version > VERSION) {
            throw corrupt("its version is " + version + ", this program knows " + VERSION);
        }
        Snapshot snapshot = new Snapshot(state);
        long nextId = Varint.read(in);
        int count = Math.toIntExact(Varint.read(in));
        List<Segment> segments = new ArrayList<>(Math.min(count, in.readableBytes()));
        long id = 0;
        for (int i = 0; i < count; i++) {
            id += Varint.read(in);
            segments.add(snapshot.readSegment(id, in));
        }
        if (version > VERSION_WITHOUT_TABLES) {
            HeapBase.read(in, state.keyed()::put);
        }
        if (version > VERSION_WITHOUT_CALLS) {
            for (long left = Varint.read(in); left > 0; left--) {
                int slot = Math.toIntExact(Varint.read(in));
                state.calls().put(slot, Math.toIntExact(Varint.read(in)), Varint.read(in), readProgress(in));
            }
        }
        if (in.isReadable()) {
            throw corrupt(in.readableBytes() + " bytes follow its end");
        }
        state.restore(nextId, segments, snapshot.frames, snapshot.frameCount);
    }

    private static Progress readProgress(ByteBuf in) {
        long issued = Varint.read(in);
        List<Long> open = new ArrayList<>();
        for (long left = Varint.read(in); left > 0; left--) {
            open.add(issued - Varint.read(in));
        }
        return new Progress(issued, open);
    }

    private Segment readSegment(long id, ByteBuf in) {
        int nameBytes = Math.toIntExact(Varint.read(in));
        String name = in.readCharSequence(nameBytes, StandardCharsets.UTF_8).toString();
        int flags = in.readUnsignedByte();
        int scaleType = in.readByte();
        int targetRate = (int) Varint.readSigned(in);
        long rolloverBytes = Varint.read(in);
        long createdMillis = Varint.readSigned(in);
        Segment segment = new Segment(id, name, (flags & TRANSIENT) != 0, createdMillis, rolloverBytes);
        segment.sealed = (flags & SEALED) != 0;
        segment.scaleType = scaleType;
        segment.targetRate = targetRate;
        segment.lastModifiedMillis = createdMillis + Varint.readSigned(in);
        segment.startOffset = Varint.read(in);
        segment.length = segment.startOffset + Varint.read(in);
        segment.eventCount = Varint.read(in);
        for (long left = Varint.read(in); left > 0; left--) {
            segment.putAttribute(in.readLong(), in.readLong(), Varint.readSigned(in));
        }
        long extentCount = Varint.read(in);
        if (extentCount > 0) {
            readExtents(segment, extentCount, in);
        }
        if ((flags & TABLE) != 0) {
            int keyLength = Math.toIntExact(Varint.read(in));
            segment.table = Table.restored(state.keyed(), id, keyLength, Varint.read(in), Varint.read(in));
        }
        return segment;
    }

    private void readExtents(Segment segment, long count, ByteBuf in) {
        Extents extents = segment.extentsToAdd();
        long offset = segment.startOffset - Varint.read(in);
        long frame = 0;
        for (long i = 0; i < count; i++) {
            long length = Varint.read(in);
            frame += Varint.readSigned(in);
            extents.add(offset, frame, (int) Varint.read(in));
            offset += length;
            if (frameCount == frames.length) {
                frames = Arrays.copyOf(frames, 2 * frameCount);
            }
            frames[frameCount++] = frame;
        }
        if (offset != segment.length) {
            throw corrupt("the data of segment " + segment.name + " ends at " + offset + ", not at " + segment.length);
        }
    }

    private static LogException corrupt(String what) {
        return new LogException(LogException.Kind.CORRUPT, "the snapshot cannot be used: " + what);
    }
}
