/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.LogRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of a {@code segments} partition. Durable format: each body starts with {@code u8 version | i64 segment id};
 * what follows is written at each kind, in order; numbers are big-endian, times are milliseconds since the Unix epoch. A
 * new layout of a kind gets a new version and the old one stays readable; type numbers are never reused. Numbers that are
 * free here may be taken by {@link io.headrace.engine.tables.TableRecord}.
 */
sealed interface SegmentRecord extends LogRecord {
    int CREATE = 1;
    int APPEND = 2;
    int APPEND_PART = 3;
    int SEAL = 4;
    int TRUNCATE = 5;
    int DELETE = 6;
    int MERGE = 7;
    int SET_ATTRIBUTE = 8;
    int SET_POLICY = 9;
    int CALLED = 10;
    int CREATE_TABLE = 20;

    int VERSION = 1;
    int HEADER_BYTES = 1 + Long.BYTES;

    /** Number of the segment that the record changes; for {@link Merge} the target. */
    long segment();

    /** Writes what follows the header. */
    void writeRest(ByteBuf out);

    @Override
    default void write(ByteBuf out) {
        out.writeByte(VERSION).writeLong(segment());
        writeRest(out);
    }

    /** Reads the header's version, which must be known. */
    static void readVersion(int type, ByteBuf body) {
        int version = body.readUnsignedByte();
        if (version != VERSION) {
            throw new LogException(
                    LogException.Kind.CORRUPT,
                    "a record of type " + type + " has version " + version + ", this program knows " + VERSION);
        }
    }

    private static void writeName(ByteBuf out, String name) {
        int bytes = ByteBufUtil.utf8Bytes(name);
        out.writeShort(bytes);
        // Not writeUtf8, which wants room for three bytes a character: at the end of a slab there is just what is
        // needed.
        ByteBufUtil.reserveAndWriteUtf8(out, name, bytes);
    }

    /**
     * A segment begins: {@code i64 time | u8 flags (bit 0: transient) | i8 scale type | i32 target rate | i64 rollover
     * bytes | u16 length and UTF-8 bytes of the name}.
     */
    record Create(
            long segment,
            long time,
            boolean isTransient,
            int scaleType,
            int targetRate,
            long rolloverBytes,
            String name)
            implements SegmentRecord {
        static final int MAX_NAME_BYTES = 0xFFFF;

        @Override
        public int type() {
            return CREATE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 24 + ByteBufUtil.utf8Bytes(name);
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeByte(isTransient ? 1 : 0).writeByte(scaleType);
            out.writeInt(targetRate).writeLong(rolloverBytes);
            writeName(out, name);
        }

        static Create read(ByteBuf in) {
            long segment = in.readLong();
            long time = in.readLong();
            boolean isTransient = (in.readByte() & 1) != 0;
            int scaleType = in.readByte();
            int targetRate = in.readInt();
            long rolloverBytes = in.readLong();
            String name = in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8)
                    .toString();
            return new Create(segment, time, isTransient, scaleType, targetRate, rolloverBytes, name);
        }
    }

    /**
     * A table segment begins: {@code i64 time | i32 key length | i64 rollover bytes | u16 length and UTF-8 bytes of the
     * name}.
     */
    record CreateTable(long segment, long time, int keyLength, long rolloverBytes, String name)
            implements SegmentRecord {
        @Override
        public int type() {
            return CREATE_TABLE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 22 + ByteBufUtil.utf8Bytes(name);
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeInt(keyLength).writeLong(rolloverBytes);
            writeName(out, name);
        }

        static CreateTable read(ByteBuf in) {
            long segment = in.readLong();
            long time = in.readLong();
            int keyLength = in.readInt();
            long rolloverBytes = in.readLong();
            String name = in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8)
                    .toString();
            return new CreateTable(segment, time, keyLength, rolloverBytes, name);
        }
    }

    /**
     * Data is appended and a writer's number set, or the last part of that: {@code i64 time | i64, i64 writer id | i64
     * event number | i32 event count | data to the end of the record}.
     */
    record Append(
            long segment, long time, long writerHigh, long writerLow, long eventNumber, int eventCount, ByteBuf data)
            implements SegmentRecord {
        private static final int FIXED_BYTES = HEADER_BYTES + 36;
        static final int MAX_DATA = Frame.MAX_RECORD_BYTES - FIXED_BYTES;

        @Override
        public int type() {
            return APPEND;
        }

        @Override
        public int size() {
            return FIXED_BYTES + data.readableBytes();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeLong(writerHigh).writeLong(writerLow);
            out.writeLong(eventNumber).writeInt(eventCount);
            out.writeBytes(data, data.readerIndex(), data.readableBytes());
        }

        /** The data of the result is {@code in} itself, at the data's start. */
        static Append read(ByteBuf in) {
            return new Append(
                    in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readInt(), in);
        }
    }

    /** Data is appended as a part of what a later record of the same batch completes: {@code data to the end of the record}. */
    record AppendPart(long segment, ByteBuf data) implements SegmentRecord {
        static final int MAX_DATA = Frame.MAX_RECORD_BYTES - HEADER_BYTES;

        @Override
        public int type() {
            return APPEND_PART;
        }

        @Override
        public int size() {
            return HEADER_BYTES + data.readableBytes();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeBytes(data, data.readerIndex(), data.readableBytes());
        }

        /** The data of the result is {@code in} itself, at the data's start. */
        static AppendPart read(ByteBuf in) {
            return new AppendPart(in.readLong(), in);
        }
    }

    /** No more appends: {@code i64 time}. */
    record Seal(long segment, long time) implements SegmentRecord {
        @Override
        public int type() {
            return SEAL;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 8;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time);
        }

        static Seal read(ByteBuf in) {
            return new Seal(in.readLong(), in.readLong());
        }
    }

    /** Data below an offset goes: {@code i64 time | i64 offset}. */
    record Truncate(long segment, long time, long offset) implements SegmentRecord {
        @Override
        public int type() {
            return TRUNCATE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 16;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeLong(offset);
        }

        static Truncate read(ByteBuf in) {
            return new Truncate(in.readLong(), in.readLong(), in.readLong());
        }
    }

    /** The segment ends: {@code i64 time}. */
    record Delete(long segment, long time) implements SegmentRecord {
        @Override
        public int type() {
            return DELETE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 8;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time);
        }

        static Delete read(ByteBuf in) {
            return new Delete(in.readLong(), in.readLong());
        }
    }

    /** The data of a source segment moves to the end of this one, and the source ends: {@code i64 time | i64 source id}. */
    record Merge(long segment, long time, long source) implements SegmentRecord {
        @Override
        public int type() {
            return MERGE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 16;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeLong(source);
        }

        static Merge read(ByteBuf in) {
            return new Merge(in.readLong(), in.readLong(), in.readLong());
        }
    }

    /** An attribute gets a value, or none if that is the smallest i64: {@code i64 time | i64, i64 id | i64 value}. */
    record SetAttribute(long segment, long time, long idHigh, long idLow, long value) implements SegmentRecord {
        @Override
        public int type() {
            return SET_ATTRIBUTE;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 32;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeLong(idHigh).writeLong(idLow).writeLong(value);
        }

        static SetAttribute read(ByteBuf in) {
            return new SetAttribute(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
        }
    }

    /** The scaling policy changes: {@code i64 time | i8 scale type | i32 target rate}. */
    record SetPolicy(long segment, long time, int scaleType, int targetRate) implements SegmentRecord {
        @Override
        public int type() {
            return SET_POLICY;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 13;
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(time).writeByte(scaleType).writeInt(targetRate);
        }

        static SetPolicy read(ByteBuf in) {
            return new SetPolicy(in.readLong(), in.readLong(), in.readByte(), in.readInt());
        }
    }

    /**
     * A workflow has come so far with its calls to a slot: {@code i64 0, for no segment | u16 slot | i32 caller | i64 owner
     * | i64 issued | i32 count | i64 for each that is open}; see {@link io.headrace.engine.calls.CallOrder}.
     */
    record Called(int slot, int caller, long owner, Progress progress) implements SegmentRecord {
        @Override
        public long segment() {
            return 0;
        }

        @Override
        public int type() {
            return CALLED;
        }

        @Override
        public int size() {
            return HEADER_BYTES + 26 + Long.BYTES * progress.open().size();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeShort(slot).writeInt(caller).writeLong(owner);
            out.writeLong(progress.issued()).writeInt(progress.open().size());
            progress.open().forEach(out::writeLong);
        }

        static Called read(ByteBuf in) {
            in.skipBytes(Long.BYTES);
            return new Called(in.readUnsignedShort(), in.readInt(), in.readLong(), readProgress(in));
        }

        private static Progress readProgress(ByteBuf in) {
            long issued = in.readLong();
            List<Long> open = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                open.add(in.readLong());
            }
            return new Progress(issued, open);
        }
    }
}
