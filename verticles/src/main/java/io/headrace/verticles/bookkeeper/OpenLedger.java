/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.netty.buffer.ByteBuf;
import org.apache.bookkeeper.client.AsyncCallback.AddCallback;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.LedgerHandle;
import org.jspecify.annotations.Nullable;

/**
 * The ledger that takes the appends. The loop appends; the BookKeeper client acknowledges, in order, on a thread of its
 * own, which here only moves a counter and says that there is progress.
 */
final class OpenLedger implements AddCallback {
    private final LedgerHandle handle;
    private final long firstFrame;
    private final Runnable onProgress;

    /** Written by the client's thread only. */
    private volatile long acknowledged;

    private volatile int failure = BKException.Code.OK;

    private long appended;
    private long bytes;

    /** @param onProgress called from any thread when {@link #acknowledged} or {@link #failure} has changed */
    OpenLedger(LedgerHandle handle, long firstFrame, Runnable onProgress) {
        this.handle = handle;
        this.firstFrame = firstFrame;
        this.onProgress = onProgress;
    }

    LedgerHandle handle() {
        return handle;
    }

    /** Bytes appended so far. */
    long bytes() {
        return bytes;
    }

    /** All frames below this one are durable. */
    long durableEnd() {
        return firstFrame + acknowledged;
    }

    boolean isSettled() {
        return acknowledged == appended;
    }

    /** BookKeeper's code of the first append that failed, or OK. */
    int failure() {
        return failure;
    }

    /** Appends the next frame; takes over the buffer. */
    void append(ByteBuf frame) {
        appended++;
        bytes += frame.readableBytes();
        handle.asyncAddEntry(frame, this, null);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the client runs a ledger's callbacks on one thread
    public void addComplete(int rc, @Nullable LedgerHandle ledger, long entryId, @Nullable Object context) {
        if (rc == BKException.Code.OK && entryId == acknowledged && failure == BKException.Code.OK) {
            acknowledged++;
        } else if (failure == BKException.Code.OK) {
            failure = rc == BKException.Code.OK ? BKException.Code.UnexpectedConditionException : rc;
        }
        onProgress.run();
    }
}
