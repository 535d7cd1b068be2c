/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.tables;

import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.LogRecord;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The records of tables. Durable format: each body starts with {@code u8 version | i64 segment id | i64 time in
 * milliseconds since the Unix epoch}; what follows is written at each kind, in order; numbers are big-endian. They share
 * type numbers and header with the other records of a {@code segments} partition. A record carries what there was before
 * each key that it changes, so that it can be applied without a look at the table.
 *
 * <p>The position of an entry is its version. An entry takes {@value Table#ENTRY_OVERHEAD} bytes and its key and value, a
 * removal the same without a value; positions are counted on by that.
 */
public sealed interface TableRecord extends LogRecord {
    int PUT = 21;
    int PUT_PART = 22;
    int REMOVE = 23;

    int VERSION = 1;
    int HEADER_BYTES = 1 + Long.BYTES + Long.BYTES;

    /** What {@link Put} and {@link Remove} hold before their first key. */
    int LIST_BYTES = HEADER_BYTES + Long.BYTES + Integer.BYTES;

    /** Number of the table's segment. */
    long segment();

    long time();

    /** Writes what follows the header. */
    void writeRest(ByteBuf out);

    @Override
    default void write(ByteBuf out) {
        out.writeByte(VERSION).writeLong(segment()).writeLong(time());
        writeRest(out);
    }

    private static void writeBytes(ByteBuf bytes, ByteBuf out) {
        out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    /**
     * Entries are stored: {@code i64 position of the first | i32 count |} for each {@code i64 version that the key had,
     * or -1 | u16 key length | i32 value length | key | value}. If parts came before, they are the beginning of the
     * first value, and its length here is that of the rest.
     */
    record Put(long segment, long time, long position, List<Stored> entries) implements TableRecord {
        static final int MAX_ENTRY_BYTES = Frame.MAX_RECORD_BYTES - LIST_BYTES;

        /** An entry; {@code previous} is the version that the key had, or {@link TableKey#ABSENT}. */
        public record Stored(long previous, ByteBuf key, ByteBuf value) {
            int size() {
                return 14 + key.readableBytes() + value.readableBytes();
            }
        }

        @Override
        public int type() {
            return PUT;
        }

        @Override
        public int size() {
            return LIST_BYTES + entries.stream().mapToInt(Stored::size).sum();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(position).writeInt(entries.size());
            for (Stored entry : entries) {
                out.writeLong(entry.previous);
                out.writeShort(entry.key.readableBytes());
                out.writeInt(entry.value.readableBytes());
                writeBytes(entry.key, out);
                writeBytes(entry.value, out);
            }
        }
    }

    /** The beginning of a value too large for one record: {@code bytes to the end of the record}. */
    record PutPart(long segment, long time, ByteBuf bytes) implements TableRecord {
        @Override
        public int type() {
            return PUT_PART;
        }

        @Override
        public int size() {
            return HEADER_BYTES + bytes.readableBytes();
        }

        @Override
        public void writeRest(ByteBuf out) {
            writeBytes(bytes, out);
        }
    }

    /**
     * Keys that were there are removed: {@code i64 position of the first | i32 count |} for each {@code i64 version that
     * the key had | u16 key length | key}.
     */
    record Remove(long segment, long time, long position, List<Removed> keys) implements TableRecord {
        static final int MAX_KEY_BYTES = Frame.MAX_RECORD_BYTES - LIST_BYTES;

        /** A key with the version that it had. */
        public record Removed(long previous, ByteBuf key) {
            int size() {
                return 10 + key.readableBytes();
            }
        }

        @Override
        public int type() {
            return REMOVE;
        }

        @Override
        public int size() {
            return LIST_BYTES + keys.stream().mapToInt(Removed::size).sum();
        }

        @Override
        public void writeRest(ByteBuf out) {
            out.writeLong(position).writeInt(keys.size());
            for (Removed removed : keys) {
                out.writeLong(removed.previous);
                out.writeShort(removed.key.readableBytes());
                writeBytes(removed.key, out);
            }
        }
    }
}
