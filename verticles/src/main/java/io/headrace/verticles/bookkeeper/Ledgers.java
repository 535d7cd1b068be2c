/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.partition.Loop;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.BookKeeper;
import org.apache.bookkeeper.client.BookKeeper.DigestType;
import org.apache.bookkeeper.client.LedgerHandle;

/**
 * Creates, recovers and deletes ledgers. Requests are handed to a background thread, because the client may look up
 * bookies before it returns; answers arrive on the loop given.
 */
final class Ledgers {
    static final String LOG = "log";
    static final String CHECKPOINT = "checkpoint";

    private static final byte[] NO_PASSWORD = {};

    private final BookKeeper client;
    private final LogOptions options;
    private final Executor background;

    Ledgers(BookKeeper client, LogOptions options, Executor background) {
        this.client = client;
        this.options = options;
        this.background = background;
    }

    /** @param purpose {@link #LOG} or {@link #CHECKPOINT}; stored with the ledger, like the partition, for operators */
    void create(String partition, String purpose, Loop loop, Callback<LedgerHandle> created) {
        Map<String, byte[]> properties =
                Map.of("application", utf8("headrace"), "partition", utf8(partition), "purpose", utf8(purpose));
        run(
                loop,
                created,
                () -> client.asyncCreateLedger(
                        options.ensembleSize(),
                        options.writeQuorum(),
                        options.ackQuorum(),
                        DigestType.CRC32C,
                        NO_PASSWORD,
                        (rc, handle, context) ->
                                answer("creating a ledger for " + partition, rc, handle, loop, created),
                        null,
                        properties));
    }

    /**
     * Opens a ledger for reading. If it is not closed, its writer is fenced, what can be read of it is made durable, and
     * it is closed after its last entry.
     *
     * @param recovered fails with CORRUPT if there is no such ledger
     */
    void recover(long id, Loop loop, Callback<LedgerHandle> recovered) {
        run(
                loop,
                recovered,
                () -> client.asyncOpenLedger(
                        id,
                        DigestType.CRC32C,
                        NO_PASSWORD,
                        (rc, handle, context) -> answer("recovering ledger " + id, rc, handle, loop, recovered),
                        null));
    }

    /** Deletes a ledger; one that is gone already counts as deleted. */
    void delete(long id, Loop loop, Callback<Done> deleted) {
        run(
                loop,
                deleted,
                () -> client.asyncDeleteLedger(
                        id,
                        (rc, context) -> answer(
                                "deleting ledger " + id,
                                rc == BKException.Code.NoSuchLedgerExistsOnMetadataServerException
                                        ? BKException.Code.OK
                                        : rc,
                                Done.DONE,
                                loop,
                                deleted),
                        null));
    }

    /** What a BookKeeper return code means to the owner of a log. */
    static LogException failure(String what, int rc) {
        LogException.Kind kind =
                switch (rc) {
                    case BKException.Code.LedgerFencedException -> LogException.Kind.FENCED;
                    case BKException.Code.NoSuchEntryException,
                            BKException.Code.NoSuchLedgerExistsException,
                            BKException.Code.NoSuchLedgerExistsOnMetadataServerException,
                            BKException.Code.DigestMatchException,
                            BKException.Code.DigestNotInitializedException -> LogException.Kind.CORRUPT;
                    default -> LogException.Kind.UNAVAILABLE;
                };
        return new LogException(kind, what + " failed: " + BKException.getMessage(rc), BKException.create(rc));
    }

    private <T> void run(Loop loop, Callback<T> callback, Runnable request) {
        try {
            background.execute(request);
        } catch (RejectedExecutionException e) {
            loop.execute(() -> callback.failed(
                    new LogException(LogException.Kind.UNAVAILABLE, "the log store has been closed", e)));
        }
    }

    private static <T> void answer(String what, int rc, T value, Loop loop, Callback<T> callback) {
        loop.execute(() -> {
            if (rc == BKException.Code.OK) {
                callback.done(value);
            } else {
                callback.failed(failure(what, rc));
            }
        });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
