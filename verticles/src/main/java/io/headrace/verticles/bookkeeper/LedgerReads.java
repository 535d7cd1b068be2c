/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.LedgerHandle;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;

/**
 * Reads frames of a log in batches. BookKeeper is asked for a number of entries, not of bytes, so the number is derived
 * from the average size of the ledger's entries; what comes back beyond the bytes asked for is let go again.
 */
final class LedgerReads {
    private static final int MAX_ENTRIES = 512;

    private final LogContext context;
    private final Loop loop;
    private final LedgerChain chain;
    private final long epoch;

    LedgerReads(LogContext context, LedgerChain chain, long epoch) {
        this.context = context;
        this.loop = context.loop();
        this.chain = chain;
        this.epoch = epoch;
    }

    /**
     * @param end number after the newest durable frame
     * @param first number of the oldest frame that can be read
     */
    void read(long frame, long end, long first, int maxBytes, Callback<List<ByteBuf>> callback) {
        LedgerChain.Part part = chain.find(frame);
        if (part == null || frame < first || frame >= end) {
            loop.execute(() -> callback.failed(new IllegalArgumentException("frame " + frame + " of log "
                    + context.partition() + " cannot be read: it has frames " + first + " to " + (end - 1))));
            return;
        }
        LedgerHandle handle = part.handle();
        long entry = frame - part.firstFrame();
        long count = Math.min(Math.min(part.end(), end) - frame, entriesIn(handle, maxBytes));
        var unused = handle.readAsync(entry, entry + count - 1).whenComplete((entries, cause) -> {
            if (cause != null) {
                failed(frame, cause, callback);
            } else {
                List<ByteBuf> frames = take(entries, maxBytes);
                loop.execute(() -> callback.done(frames));
            }
        });
    }

    private static long entriesIn(LedgerHandle handle, int maxBytes) {
        long entries = handle.getLastAddConfirmed() + 1;
        long average = entries == 0 ? maxBytes : Math.max(1, handle.getLength() / entries);
        return Math.max(1, Math.min(MAX_ENTRIES, maxBytes / average));
    }

    private static List<ByteBuf> take(LedgerEntries entries, int maxBytes) {
        try (entries) {
            List<ByteBuf> frames = new ArrayList<>();
            long bytes = 0;
            for (LedgerEntry entry : entries) {
                // Not the entry's length, which is that of the ledger up to there.
                ByteBuf frame = entry.getEntryBuffer();
                bytes += frame.readableBytes();
                if (!frames.isEmpty() && bytes > maxBytes) {
                    break;
                }
                frames.add(frame.retain());
            }
            return frames;
        }
    }

    /** A frame that is missing is damage, unless a newer owner has truncated the log: ask the descriptor. */
    private void failed(long frame, Throwable cause, Callback<List<ByteBuf>> callback) {
        LogException failure = Ledgers.failure(
                "reading frame " + frame + " of log " + context.partition(), BKException.getExceptionCode(cause));
        if (failure.kind() != LogException.Kind.CORRUPT) {
            loop.execute(() -> callback.failed(failure));
            return;
        }
        context.nodes()
                .read(
                        context.partition(),
                        Callback.of(
                                stored -> loop.execute(() -> callback.failed(
                                        stored.descriptor().epoch() == epoch ? failure : replaced(frame))),
                                unread -> loop.execute(() -> callback.failed(failure))));
    }

    private LogException replaced(long frame) {
        return new LogException(
                LogException.Kind.FENCED,
                "frame " + frame + " of log " + context.partition() + " is gone, and the log has a newer owner");
    }
}
