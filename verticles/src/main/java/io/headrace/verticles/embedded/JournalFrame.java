/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the bookie hands over to a journal file at once, as it lies in the file:
 *
 * <pre>
 * u32 "HRJ1" | u32 CRC32C of all that follows | i64 journal | i64 offset | i64 synced | i32 length | payload
 * </pre>
 *
 * <p>Frames follow each other, each at the beginning of a sector, big endian. The number of the journal, which the file is
 * named by, tells them from those that are left over from the file's former use. {@code offset} counts payloads only: to
 * the bookie they are the file.
 *
 * @param offset of the first byte of the payload
 * @param synced up to what offset the journal had been synced when the frame was written
 * @param payload a view of the file
 * @param end where the next frame begins in the file
 */
record JournalFrame(long offset, long synced, ByteBuffer payload, int end) {
    static final int HEADER_BYTES = 36;
    static final int SECTOR_BYTES = 512;
    static final int MAGIC = 'H' << 24 | 'R' << 16 | 'J' << 8 | '1';

    private static final int CHECKED_FROM = 8;

    /** Puts the header of a frame into {@code header}, from its beginning, and flips it. */
    static void putHeader(ByteBuffer header, long journal, long offset, long synced, ByteBuffer payload) {
        header.clear();
        header.putInt(MAGIC).putInt(0).putLong(journal).putLong(offset).putLong(synced);
        header.putInt(payload.remaining()).flip();
        header.putInt(Integer.BYTES, checksum(header, payload));
    }

    /** The frame at a position of a file; null if there is no whole one of that journal. */
    static @Nullable JournalFrame at(ByteBuffer file, int position, long journal) {
        int payload = position + HEADER_BYTES;
        if (payload > file.limit() || file.getInt(position) != MAGIC) {
            return null;
        }
        ByteBuffer header = file.slice(position, HEADER_BYTES);
        header.position(CHECKED_FROM);
        int checksum = header.getInt(Integer.BYTES);
        long writtenFor = header.getLong();
        long offset = header.getLong();
        long synced = header.getLong();
        int length = header.getInt();
        if (writtenFor != journal || length < 0 || length > file.limit() - payload) {
            return null;
        }
        ByteBuffer bytes = file.slice(payload, length);
        if (checksum(header, bytes) != checksum) {
            return null;
        }
        return new JournalFrame(
                offset, synced, bytes, (int) Math.min(file.limit(), roundUp(payload + (long) length, SECTOR_BYTES)));
    }

    static long roundUp(long bytes, int unit) {
        return (bytes + unit - 1) & -unit;
    }

    private static int checksum(ByteBuffer header, ByteBuffer payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(header.slice(CHECKED_FROM, HEADER_BYTES - CHECKED_FROM));
        checksum.update(payload.duplicate());
        return (int) checksum.getValue();
    }
}
