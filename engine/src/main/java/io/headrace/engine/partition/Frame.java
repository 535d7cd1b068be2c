/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.partition;

import io.headrace.engine.log.LogException;
import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * The durable layout of a frame: one entry of a partition's log, holding whole records.
 *
 * <pre>
 * header   i32 magic "HRFR" | u8 version | u8 flags (0) | u16 reserved (0)
 *          i64 epoch | i64 frame number | i32 record count | i32 body length | i32 CRC32C of all before and the body
 * record   u8 type | u8 flags (bit 0: last of its batch) | i32 length | body
 * </pre>
 *
 * All numbers are big-endian. A batch is what one command logged: recovery applies it whole or, if the log ends or a new
 * epoch begins before its last record, not at all.
 */
public final class Frame {
    /** Largest encoded frame, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** Largest record body, in bytes; state machines split what is larger over several records of one batch. */
    public static final int MAX_RECORD_BYTES = MAX_BYTES - Frame.HEADER_BYTES - Frame.RECORD_HEADER_BYTES;

    static final int HEADER_BYTES = 36;
    static final int RECORD_HEADER_BYTES = 6;
    static final int END_OF_BATCH = 0b1;

    private static final int MAGIC = 0x48524652;
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 32;

    private Frame() {}

    /** Fills in the header of the frame that starts at the reader index of {@code frame} and ends at its writer index. */
    static void seal(ByteBuf frame, long epoch, long number, int records) {
        int start = frame.readerIndex();
        frame.setInt(start, MAGIC);
        frame.setByte(start + 4, VERSION);
        frame.setByte(start + 5, 0);
        frame.setShort(start + 6, 0);
        frame.setLong(start + 8, epoch);
        frame.setLong(start + 16, number);
        frame.setInt(start + 24, records);
        frame.setInt(start + 28, frame.readableBytes() - HEADER_BYTES);
        frame.setInt(start + CRC_OFFSET, checksum(frame));
    }

    /** Checks that {@code frame} is the intact frame {@code number}. */
    static void verify(ByteBuf frame, long number) {
        int start = frame.readerIndex();
        if (frame.readableBytes() < HEADER_BYTES || frame.getInt(start) != MAGIC) {
            throw corrupt(number, "it does not start with a frame header");
        }
        int version = frame.getUnsignedByte(start + 4);
        if (version != VERSION) {
            throw corrupt(number, "its format version is " + version + ", this program knows " + VERSION);
        }
        if (frame.getLong(start + 16) != number) {
            throw corrupt(number, "it carries the number " + frame.getLong(start + 16));
        }
        if (frame.getInt(start + 28) != frame.readableBytes() - HEADER_BYTES) {
            throw corrupt(number, "its length is wrong");
        }
        if (frame.getInt(start + CRC_OFFSET) != checksum(frame)) {
            throw corrupt(number, "its checksum does not match");
        }
    }

    /** Whether {@code frame} is the intact frame {@code number}. */
    static boolean isWhole(ByteBuf frame, long number) {
        try {
            verify(frame, number);
            return true;
        } catch (LogException e) {
            return false;
        }
    }

    static long epoch(ByteBuf frame) {
        return frame.getLong(frame.readerIndex() + 8);
    }

    static int recordCount(ByteBuf frame) {
        return frame.getInt(frame.readerIndex() + 24);
    }

    static LogException corrupt(long number, String what) {
        return new LogException(LogException.Kind.CORRUPT, "frame " + number + " is damaged: " + what);
    }

    private static int checksum(ByteBuf frame) {
        CRC32C crc = new CRC32C();
        int start = frame.readerIndex();
        crc.update(frame.nioBuffer(start, CRC_OFFSET));
        crc.update(frame.nioBuffer(start + HEADER_BYTES, frame.readableBytes() - HEADER_BYTES));
        return (int) crc.getValue();
    }
}
