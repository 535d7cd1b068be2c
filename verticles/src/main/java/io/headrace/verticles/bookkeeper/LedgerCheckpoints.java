/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import io.headrace.verticles.rocksdb.FormerCheckpoints;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.LedgerHandle;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints as they were stored once: each snapshot in a ledger of its own, in chunks of up to {@value #CHUNK_BYTES}
 * bytes, then one entry that closes it. The location of a checkpoint is the ledger's id in decimal. They can be read and
 * deleted; no new ones are made.
 *
 * <pre>
 * last entry   i32 magic "HRSN" | u8 version | i64 frame | i64 length of the snapshot | i32 its CRC32C
 * </pre>
 *
 * <p>Bytes are copied and checked on a background thread, a few chunks at a time, so that a large snapshot does not hold
 * up the partition's loop.
 */
final class LedgerCheckpoints implements FormerCheckpoints {
    static final int CHUNK_BYTES = 768 * 1024;
    static final int MAGIC = 0x4852534E;
    static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(LedgerCheckpoints.class);
    private static final int FOOTER_BYTES = 4 + 1 + 8 + 8 + 4;
    private static final int CHUNKS_IN_FLIGHT = 4;

    private final Ledgers ledgers;
    private final Loop worker;

    /** @param worker where the work is done, one task at a time */
    LedgerCheckpoints(Ledgers ledgers, Loop worker) {
        this.ledgers = ledgers;
        this.worker = worker;
    }

    @Override
    public boolean hasPlaceFor(Checkpoint checkpoint) {
        return !checkpoint.location().isEmpty() && checkpoint.location().chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public void load(Checkpoint checkpoint, Loop loop, Callback<ByteBuf> loaded) {
        Consumer<Throwable> failed = cause -> loop.execute(() -> loaded.failed(cause));
        ledgers.recover(
                ledgerId(checkpoint),
                worker,
                Callback.of(handle -> new Load(handle, checkpoint, loop, loaded, failed).start(), failed));
    }

    @Override
    public void delete(Checkpoint checkpoint) {
        ledgers.delete(
                ledgerId(checkpoint),
                worker,
                Callback.of(done -> {}, cause -> LOG.warn("Snapshot {} could not be deleted", checkpoint, cause)));
    }

    private static long ledgerId(Checkpoint checkpoint) {
        try {
            return Long.parseLong(checkpoint.location());
        } catch (NumberFormatException e) {
            throw new LogException(
                    LogException.Kind.CORRUPT,
                    "\"" + checkpoint.location() + "\" is not the location of a snapshot",
                    e);
        }
    }

    /** One snapshot on its way in. */
    private final class Load {
        private final LedgerHandle handle;
        private final Checkpoint checkpoint;
        private final Loop loop;
        private final Callback<ByteBuf> loaded;
        private final Consumer<Throwable> failed;
        private final CRC32C crc = new CRC32C();
        private final long last;

        Load(
                LedgerHandle handle,
                Checkpoint checkpoint,
                Loop loop,
                Callback<ByteBuf> loaded,
                Consumer<Throwable> failed) {
            this.handle = handle;
            this.checkpoint = checkpoint;
            this.loop = loop;
            this.loaded = loaded;
            this.failed = failed;
            this.last = handle.getLastAddConfirmed();
        }

        void start() {
            if (last < 0) {
                failed.accept(corrupt("it is empty"));
                return;
            }
            read(last, last, () -> {}, entries -> {
                ByteBuf footer = entries.getEntry(last).getEntryBuffer();
                if (footer.readableBytes() != FOOTER_BYTES || footer.readInt() != MAGIC) {
                    throw corrupt("it does not end as a snapshot does");
                }
                int version = footer.readUnsignedByte();
                if (version != VERSION) {
                    throw corrupt("its format version is " + version + ", this program knows " + VERSION);
                }
                if (footer.readLong() != checkpoint.frame()) {
                    throw corrupt("it belongs to another frame");
                }
                long length = footer.readLong();
                if (length < 0 || length > Math.min(Integer.MAX_VALUE, last * CHUNK_BYTES)) {
                    throw corrupt("it claims to have " + length + " bytes");
                }
                readChunks(0, PooledByteBufAllocator.DEFAULT.buffer((int) length, (int) length), footer.readInt());
            });
        }

        private void readChunks(long from, ByteBuf into, int checksum) {
            if (from == last) {
                if (into.writableBytes() > 0 || (int) crc.getValue() != checksum) {
                    into.release();
                    failed.accept(corrupt("its length or checksum does not match"));
                } else {
                    loop.execute(() -> loaded.done(into));
                }
                return;
            }
            long to = Math.min(last, from + CHUNKS_IN_FLIGHT);
            read(from, to - 1, into::release, entries -> {
                for (LedgerEntry entry : entries) {
                    ByteBuf chunk = entry.getEntryBuffer();
                    if (chunk.readableBytes() > into.writableBytes()) {
                        throw corrupt("it is longer than it should be");
                    }
                    update(crc, chunk);
                    into.writeBytes(chunk);
                }
                readChunks(to, into, checksum);
            });
        }

        private void read(long first, long end, Runnable onFailure, Consumer<LedgerEntries> onEntries) {
            var unused = handle.readAsync(first, end)
                    .whenComplete((entries, cause) -> worker.execute(() -> {
                        if (cause != null) {
                            onFailure.run();
                            failed.accept(Ledgers.failure(
                                    "reading snapshot " + checkpoint, BKException.getExceptionCode(cause)));
                            return;
                        }
                        try (entries) {
                            onEntries.accept(entries);
                        } catch (LogException damaged) {
                            onFailure.run();
                            failed.accept(damaged);
                        }
                    }));
        }

        private LogException corrupt(String what) {
            return new LogException(LogException.Kind.CORRUPT, "snapshot " + checkpoint + " is damaged: " + what);
        }
    }

    private static void update(CRC32C crc, ByteBuf bytes) {
        for (ByteBuffer part : bytes.nioBuffers()) {
            crc.update(part);
        }
    }
}
