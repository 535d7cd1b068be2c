/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Checkpoint;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know about a log: the content of its ZooKeeper node.
 *
 * <p>Durable format, version 1, big-endian:
 *
 * <pre>
 * i32 magic "HRLD" | u8 version
 * i64 epoch | 16 bytes attempt id | i64 truncation
 * u8 checkpoint present [ i64 frame | u16 length | location in UTF-8 ]
 * i32 number of ledgers, each: i64 ledger id | i64 first frame
 * i32 CRC32C of all before
 * </pre>
 *
 * @param epoch epoch of the present owner
 * @param attempt drawn anew for each write, so that its writer can tell after a lost answer whether the write was applied
 * @param truncation frames below this one may be gone; at least 1
 * @param checkpoint where recovery starts, or null for the beginning of the log
 * @param ledgers the chain, oldest first
 */
record LogDescriptor(
        long epoch, UUID attempt, long truncation, @Nullable Checkpoint checkpoint, List<LedgerRef> ledgers) {
    private static final int MAGIC = 0x48524C44;
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 4 + 1 + 8 + 16 + 8 + 1 + 4 + 4;
    private static final int LEDGER_BYTES = 16;

    /** A ledger of the chain: its entry {@code n} is frame {@code firstFrame + n}. */
    record LedgerRef(long id, long firstFrame) {}

    LogDescriptor {
        ledgers = List.copyOf(ledgers);
    }

    /** The descriptor of a log that has never been opened. */
    static LogDescriptor empty() {
        return new LogDescriptor(0, new UUID(0, 0), 1, null, List.of());
    }

    LogDescriptor withEpoch(long newEpoch) {
        return new LogDescriptor(newEpoch, attempt, truncation, checkpoint, ledgers);
    }

    LogDescriptor withAttempt(UUID newAttempt) {
        return new LogDescriptor(epoch, newAttempt, truncation, checkpoint, ledgers);
    }

    LogDescriptor withTruncation(long newTruncation) {
        return new LogDescriptor(epoch, attempt, newTruncation, checkpoint, ledgers);
    }

    LogDescriptor withCheckpoint(Checkpoint newCheckpoint) {
        return new LogDescriptor(epoch, attempt, truncation, newCheckpoint, ledgers);
    }

    LogDescriptor withLedgers(List<LedgerRef> newLedgers) {
        return new LogDescriptor(epoch, attempt, truncation, checkpoint, newLedgers);
    }

    /** Whether all frames of ledger {@code index} lie below the truncation point. Never true of the newest ledger. */
    boolean isTruncated(int index) {
        return index + 1 < ledgers.size() && ledgers.get(index + 1).firstFrame() <= truncation;
    }

    byte[] encode() {
        byte[] location =
                checkpoint == null ? new byte[0] : checkpoint.location().getBytes(StandardCharsets.UTF_8);
        int checkpointBytes = checkpoint == null ? 0 : 8 + 2 + location.length;
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + checkpointBytes + LEDGER_BYTES * ledgers.size());
        out.putInt(MAGIC).put((byte) VERSION).putLong(epoch);
        out.putLong(attempt.getMostSignificantBits()).putLong(attempt.getLeastSignificantBits());
        out.putLong(truncation).put((byte) (checkpoint == null ? 0 : 1));
        if (checkpoint != null) {
            out.putLong(checkpoint.frame()).putShort((short) location.length).put(location);
        }
        out.putInt(ledgers.size());
        for (LedgerRef ledger : ledgers) {
            out.putLong(ledger.id()).putLong(ledger.firstFrame());
        }
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /** @throws IllegalArgumentException if {@code bytes} are not an intact descriptor of a version known here */
    static LogDescriptor decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (in.getInt() != MAGIC) {
                throw new IllegalArgumentException("it does not start with a descriptor's magic number");
            }
            int version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "its format version is " + version + ", this program knows " + VERSION);
            }
            if (in.getInt(bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
                throw new IllegalArgumentException("its checksum does not match");
            }
            long epoch = in.getLong();
            UUID attempt = new UUID(in.getLong(), in.getLong());
            long truncation = in.getLong();
            Checkpoint checkpoint = in.get() == 0 ? null : decodeCheckpoint(in);
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / LEDGER_BYTES) {
                throw new IllegalArgumentException("it claims to name " + count + " ledgers");
            }
            List<LedgerRef> ledgers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                ledgers.add(new LedgerRef(in.getLong(), in.getLong()));
            }
            return new LogDescriptor(epoch, attempt, truncation, checkpoint, ledgers);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is too short", e);
        }
    }

    private static Checkpoint decodeCheckpoint(ByteBuffer in) {
        long frame = in.getLong();
        byte[] location = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(location);
        return new Checkpoint(new String(location, StandardCharsets.UTF_8), frame);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
