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

/**
 * What there is to know about a log: the content of its ZooKeeper node.
 *
 * <p>Durable format, version 2, big-endian:
 *
 * <pre>
 * i32 magic "HRLD" | u8 version
 * i64 epoch | 16 bytes attempt id | i64 truncation
 * u8 number of checkpoints, newest first, each: i64 frame | u16 length | location in UTF-8
 * i32 number of ledgers, each: i64 ledger id | i64 first frame
 * i32 CRC32C of all before
 * </pre>
 *
 * Version 1 is the same with at most one checkpoint.
 *
 * @param epoch epoch of the present owner
 * @param attempt drawn anew for each write, so that its writer can tell after a lost answer whether the write was applied
 * @param truncation frames below this one may be gone; at least 1
 * @param checkpoints where recovery can start, newest first; none for the beginning of the log
 * @param ledgers the chain, oldest first
 */
record LogDescriptor(long epoch, UUID attempt, long truncation, List<Checkpoint> checkpoints, List<LedgerRef> ledgers) {
    private static final int MAGIC = 0x48524C44;
    private static final int VERSION = 2;
    private static final int VERSION_WITH_ONE_CHECKPOINT = 1;
    private static final int FIXED_BYTES = 4 + 1 + 8 + 16 + 8 + 1 + 4 + 4;
    private static final int CHECKPOINT_BYTES = 8 + 2;
    private static final int LEDGER_BYTES = 16;

    /** A ledger of the chain: its entry {@code n} is frame {@code firstFrame + n}. */
    record LedgerRef(long id, long firstFrame) {}

    LogDescriptor {
        checkpoints = List.copyOf(checkpoints);
        ledgers = List.copyOf(ledgers);
    }

    /** The descriptor of a log that has never been opened. */
    static LogDescriptor empty() {
        return new LogDescriptor(0, new UUID(0, 0), 1, List.of(), List.of());
    }

    LogDescriptor withEpoch(long newEpoch) {
        return new LogDescriptor(newEpoch, attempt, truncation, checkpoints, ledgers);
    }

    LogDescriptor withAttempt(UUID newAttempt) {
        return new LogDescriptor(epoch, newAttempt, truncation, checkpoints, ledgers);
    }

    LogDescriptor withTruncation(long newTruncation) {
        return new LogDescriptor(epoch, attempt, newTruncation, checkpoints, ledgers);
    }

    LogDescriptor withCheckpoints(List<Checkpoint> newCheckpoints) {
        return new LogDescriptor(epoch, attempt, truncation, newCheckpoints, ledgers);
    }

    LogDescriptor withLedgers(List<LedgerRef> newLedgers) {
        return new LogDescriptor(epoch, attempt, truncation, checkpoints, newLedgers);
    }

    /** Whether all frames of ledger {@code index} lie below the truncation point. Never true of the newest ledger. */
    boolean isTruncated(int index) {
        return index + 1 < ledgers.size() && ledgers.get(index + 1).firstFrame() <= truncation;
    }

    byte[] encode() {
        int checkpointBytes = 0;
        for (Checkpoint checkpoint : checkpoints) {
            checkpointBytes += CHECKPOINT_BYTES + location(checkpoint).length;
        }
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + checkpointBytes + LEDGER_BYTES * ledgers.size());
        out.putInt(MAGIC).put((byte) VERSION).putLong(epoch);
        out.putLong(attempt.getMostSignificantBits()).putLong(attempt.getLeastSignificantBits());
        out.putLong(truncation).put((byte) checkpoints.size());
        for (Checkpoint checkpoint : checkpoints) {
            byte[] location = location(checkpoint);
            out.putLong(checkpoint.frame()).putShort((short) location.length).put(location);
        }
        out.putInt(ledgers.size());
        for (LedgerRef ledger : ledgers) {
            out.putLong(ledger.id()).putLong(ledger.firstFrame());
        }
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    private static byte[] location(Checkpoint checkpoint) {
        return checkpoint.location().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if {@code bytes} are not an intact descriptor of a version known here */
    static LogDescriptor decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (in.getInt() != MAGIC) {
                throw new IllegalArgumentException("it does not start with a descriptor's magic number");
            }
            int version = in.get();
            if (version != VERSION && version != VERSION_WITH_ONE_CHECKPOINT) {
                throw new IllegalArgumentException(
                        "its format version is " + version + ", this program knows " + VERSION);
            }
            if (in.getInt(bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
                throw new IllegalArgumentException("its checksum does not match");
            }
            long epoch = in.getLong();
            UUID attempt = new UUID(in.getLong(), in.getLong());
            long truncation = in.getLong();
            List<Checkpoint> checkpoints = new ArrayList<>();
            for (int left = in.get(); left > 0; left--) {
                checkpoints.add(decodeCheckpoint(in));
            }
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / LEDGER_BYTES) {
                throw new IllegalArgumentException("it claims to name " + count + " ledgers");
            }
            List<LedgerRef> ledgers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                ledgers.add(new LedgerRef(in.getLong(), in.getLong()));
            }
            return new LogDescriptor(epoch, attempt, truncation, checkpoints, ledgers);
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
