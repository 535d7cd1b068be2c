/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Loop;
import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.bookkeeper.client.LedgerHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over a log, step by step on the loop of its new owner:
 *
 * <ol>
 *   <li>raise the epoch by compare-and-set: the former owner can change the descriptor no more, so the chain is fixed;
 *   <li>recover every ledger of the chain, oldest first: this fences the former owner and settles where each ledger ends;
 *   <li>check that the chain has no gap, and find the next frame;
 *   <li>create a fresh ledger and put it in the descriptor, in place of empty ones, before its first use.
 * </ol>
 *
 * <p>A crash after any step leaves a log that can be opened. What it may leave behind is an empty ledger that no
 * descriptor names.
 */
final class LogOpening {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);
    private static final int MAX_CONTENTION = 5;

    private final LogContext context;
    private final Loop loop;
    private final Callback<PartitionLog> opened;

    /** Ledgers below the truncation point whose deletion has not succeeded yet. */
    private final List<LedgerRef> undeleted = new ArrayList<>();

    private final List<LedgerRef> survivors = new ArrayList<>();
    private final List<LedgerRef> empty = new ArrayList<>();
    private final LedgerChain chain = new LedgerChain();

    private int contention;
    private long nextFrame = -1;

    LogOpening(LogContext context, Callback<PartitionLog> opened) {
        this.context = context;
        this.loop = context.loop();
        this.opened = opened;
    }

    void start() {
        context.nodes()
                .read(
                        context.partition(),
                        Callback.of(stored -> loop.execute(() -> raiseEpoch(stored)), this::failedElsewhere));
    }

    private void raiseEpoch(DescriptorNodes.Stored stored) {
        LogDescriptor raised =
                stored.descriptor().withEpoch(stored.descriptor().epoch() + 1).withAttempt(UUID.randomUUID());
        context.nodes()
                .write(
                        context.partition(),
                        stored.version(),
                        raised,
                        Callback.of(outcome -> loop.execute(() -> epochRaised(outcome)), this::failedElsewhere));
    }

    private void epochRaised(DescriptorNodes.Outcome outcome) {
        if (!outcome.applied()) {
            contention++;
            if (contention >= MAX_CONTENTION) {
                failed(new LogException(
                        LogException.Kind.UNAVAILABLE,
                        "log " + context.partition() + " is being opened by others at the same time"));
            } else {
                raiseEpoch(outcome.stored());
            }
            return;
        }
        recover(new OwnedDescriptor(context.nodes(), context.partition(), loop, outcome.stored()), 0);
    }

    /** Deals with ledger {@code index} of the chain, then with those after it. */
    private void recover(OwnedDescriptor owned, int index) {
        LogDescriptor descriptor = owned.current();
        if (index == descriptor.ledgers().size()) {
            createLedger(owned);
            return;
        }
        LedgerRef ledger = descriptor.ledgers().get(index);
        if (descriptor.isTruncated(index)) {
            context.ledgers().delete(ledger.id(), loop, Callback.of(done -> recover(owned, index + 1), cause -> {
                undeleted.add(ledger);
                recover(owned, index + 1);
            }));
            return;
        }
        context.ledgers()
                .recover(
                        ledger.id(),
                        loop,
                        Callback.of(handle -> recovered(owned, index, ledger, handle), this::failed));
    }

    private void recovered(OwnedDescriptor owned, int index, LedgerRef ledger, LedgerHandle handle) {
        if (nextFrame < 0) {
            if (ledger.firstFrame() > owned.current().truncation()) {
                failed(gap(owned.current().truncation(), ledger));
                return;
            }
            nextFrame = ledger.firstFrame();
        }
        long frames = handle.getLastAddConfirmed() + 1;
        if (frames == 0) {
            // The former owner names a ledger before it uses it, so an empty one says nothing about the one before.
            empty.add(ledger);
        } else if (ledger.firstFrame() != nextFrame) {
            failed(gap(nextFrame, ledger));
            return;
        } else {
            survivors.add(ledger);
            chain.add(ledger.firstFrame(), handle);
            nextFrame += frames;
        }
        recover(owned, index + 1);
    }

    /** A ledger is used only when all frames of the one before were acknowledged: what is missing had been durable. */
    private LogException gap(long expected, LedgerRef ledger) {
        return new LogException(
                LogException.Kind.CORRUPT,
                "log " + context.partition() + " lacks frames from " + expected + ": ledger " + ledger.id()
                        + " starts at frame " + ledger.firstFrame());
    }

    private void createLedger(OwnedDescriptor owned) {
        if (nextFrame < 0) {
            nextFrame = owned.current().truncation();
        }
        context.ledgers()
                .create(
                        context.partition(),
                        Ledgers.LOG,
                        loop,
                        Callback.of(handle -> nameLedger(owned, handle), this::failed));
    }

    private void nameLedger(OwnedDescriptor owned, LedgerHandle fresh) {
        List<LedgerRef> ledgers = new ArrayList<>(undeleted);
        ledgers.addAll(survivors);
        ledgers.add(new LedgerRef(fresh.getId(), nextFrame));
        owned.change(descriptor -> descriptor.withLedgers(ledgers), Callback.of(done -> finish(owned, fresh), cause -> {
            // Unknown outcomes included: the ledger may be named, so it must not be deleted.
            fresh.asyncClose((rc, handle, ctx) -> {}, null);
            failed(cause);
        }));
    }

    private void finish(OwnedDescriptor owned, LedgerHandle fresh) {
        for (LedgerRef ledger : empty) {
            context.ledgers().delete(ledger.id(), loop, ignoringFailure(ledger));
        }
        chain.add(nextFrame, fresh);
        LOG.info(
                "Opened log {} at epoch {}: frames {} to {} in {} ledgers",
                context.partition(),
                owned.current().epoch(),
                Math.max(chain.firstFrame(), owned.current().truncation()),
                nextFrame - 1,
                survivors.size());
        opened.done(context.register(new BookKeeperPartitionLog(context, owned, chain, fresh, nextFrame)));
    }

    private static Callback<Done> ignoringFailure(LedgerRef ledger) {
        return Callback.of(
                done -> {}, cause -> LOG.warn("Empty ledger {} could not be deleted and is left", ledger.id(), cause));
    }

    private void failedElsewhere(Throwable cause) {
        loop.execute(() -> failed(cause));
    }

    private void failed(Throwable cause) {
        opened.failed(cause);
    }
}
