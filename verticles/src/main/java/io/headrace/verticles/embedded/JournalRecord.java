/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.bookie.BookieImpl;
import org.apache.bookkeeper.proto.checksum.DigestManager;

/**
 * A record of the bookie's journal, in the format that BookKeeper has had since journal version 5:
 *
 * <pre>
 * i32 length | that many bytes, one of:
 *   i64 ledger | i64 entry, not negative | i64 last confirmed entry | i64 bytes of the ledger | i32 CRC32C | data
 *   i64 ledger | i64 -0x1000 | i32 length of key | key of the ledger's password
 *   i64 ledger | i64 -0x2000 (fenced) or -0x4000 (forced)
 *   i64 ledger | i64 -0x8000 | other
 * i32 -0x100 | i32 length | that many bytes without meaning, up to the next sector
 * </pre>
 *
 * @param end position after the record, by what its length says
 */
record JournalRecord(ByteBuffer bytes, int start, long end) {
    private static final int PADDING = -0x100;
    private static final int ENTRY_HEADER_BYTES = 32;
    private static final long EXPLICIT_LAST_CONFIRMED = -0x8000;
    private static final byte[] KEY = keyOfEmptyPassword();

    static JournalRecord at(ByteBuffer bytes, int position) {
        int length = bytes.getInt(position);
        int body = position + Integer.BYTES;
        if (length > 0) {
            return new JournalRecord(bytes, body, (long) body + length);
        }
        boolean whole = body + Integer.BYTES <= bytes.limit();
        long padding = length == PADDING && whole ? Math.max(0, bytes.getInt(body)) : 0;
        return new JournalRecord(bytes, body, body + Integer.BYTES + padding);
    }

    /** Whether it is what the bookie once wrote, as far as that can be told. */
    boolean isIntact() {
        int length = bytes.getInt(start - Integer.BYTES);
        if (length < 0) {
            return length == PADDING && bytes.getInt(start) >= 0;
        }
        if (length < 2 * Long.BYTES) {
            return false;
        }
        long entry = bytes.getLong(start + Long.BYTES);
        int rest = start + 2 * Long.BYTES;
        if (entry == BookieImpl.METAENTRY_ID_LEDGER_KEY) {
            return end - rest == Integer.BYTES + KEY.length
                    && bytes.slice(rest + Integer.BYTES, KEY.length).equals(ByteBuffer.wrap(KEY));
        }
        if (entry == BookieImpl.METAENTRY_ID_FENCE_KEY || entry == BookieImpl.METAENTRY_ID_FORCE_LEDGER) {
            return rest == end;
        }
        return entry == EXPLICIT_LAST_CONFIRMED || (entry >= 0 && hasDigest());
    }

    /** Whether it is an entry with the right digest, which nothing else looks like. */
    boolean isProvenEntry() {
        return bytes.getInt(start - Integer.BYTES) >= ENTRY_HEADER_BYTES + Integer.BYTES
                && bytes.getLong(start + Long.BYTES) >= 0
                && hasDigest();
    }

    private boolean hasDigest() {
        int data = start + ENTRY_HEADER_BYTES + Integer.BYTES;
        if (data > end) {
            return false;
        }
        CRC32C digest = new CRC32C();
        digest.update(bytes.slice(start, ENTRY_HEADER_BYTES));
        digest.update(bytes.slice(data, (int) end - data));
        return (int) digest.getValue() == bytes.getInt(start + ENTRY_HEADER_BYTES);
    }

    private static byte[] keyOfEmptyPassword() {
        try {
            return DigestManager.generateMasterKey(new byte[0]);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
