/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bookkeeper;

import io.headrace.engine.log.Callback;
import io.headrace.engine.log.Checkpoint;
import io.headrace.engine.log.Done;
import io.headrace.engine.log.LogException;
import io.headrace.engine.log.PartitionLog;
import io.headrace.engine.partition.Frame;
import io.headrace.engine.partition.Loop;
import io.headrace.verticles.bookkeeper.LogDescriptor.LedgerRef;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.LedgerHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one partition in the hands of one owner. Everything happens on the owner's loop, but for the counters of
 * {@link OpenLedger}; several acknowledgements that arrive together cost one task of the loop.
 *
 * <p><b>Rolling over</b> to the next ledger. The ledger is created ahead of time. At a frame boundary new frames are held
 * back; meanwhile the descriptor gets the ledger together with the frame it will start with, and the old ledger gets its
 * last acknowledgements. Only when both are done are the held frames sent. Hence a ledger that holds a frame proves that
 * all frames before it had been acknowledged, and recovery can tell a gap (damage) from a tail that was never
 * acknowledged. A failure to create the ledger only delays this; the present one then grows on.
 */
final class BookKeeperPartitionLog implements PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperPartitionLog.class);

    // Fixed at opening.
    private final LogContext context;
    private final Loop loop;
    private final OwnedDescriptor owned;
    private final LedgerChain chain;
    private final LedgerReads reads;
    private final LogNumbers numbers;

    // Appends.
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final AtomicBoolean progressing = new AtomicBoolean();
    private OpenLedger current;
    private long nextFrame;
    private long pendingBytes;

    /** When the oldest pending append was given, by the nano clock; 0 if none is pending. Read by the watchdog. */
    private volatile long oldestPending;

    // Rolling over.
    private @Nullable LedgerHandle next;
    private boolean creating;
    private boolean rolling;
    private boolean nextIsNamed;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private long createAtBytes;

    // The end.
    private boolean doubted;
    private @Nullable LogException failure;
    private boolean closed;

    private record Pending(long frame, int bytes, long nanos, Callback<Done> appended) {}

    BookKeeperPartitionLog(
            LogContext context, OwnedDescriptor owned, LedgerChain chain, LedgerHandle fresh, long nextFrame) {
        this.context = context;
        this.loop = context.loop();
        this.owned = owned;
        this.chain = chain;
        this.nextFrame = nextFrame;
        this.current = new OpenLedger(fresh, nextFrame, this::progress);
        this.numbers = new LogNumbers(context.partition());
        this.reads = new LedgerReads(context, chain, epoch());
        this.createAtBytes = context.options().rollBytes() / 2;
    }

    @Override
    public long epoch() {
        return owned.current().epoch();
    }

    @Override
    public long firstFrame() {
        return Math.max(chain.firstFrame(), owned.current().truncation());
    }

    @Override
    public long nextFrame() {
        return nextFrame;
    }

    @Override
    public List<Checkpoint> checkpoints() {
        return owned.current().checkpoints();
    }

    @Override
    public void append(long frame, ByteBuf bytes, Callback<Done> appended) {
        assert loop.inLoop();
        int size = bytes.readableBytes();
        if (frame != nextFrame || size > Frame.MAX_BYTES || size == 0) {
            bytes.release();
            throw new IllegalArgumentException("expected frame " + nextFrame + " of at most " + Frame.MAX_BYTES
                    + " bytes, got frame " + frame + " of " + size + " bytes");
        }
        nextFrame++;
        if (closed) {
            bytes.release();
            return;
        }
        pending.add(new Pending(frame, size, System.nanoTime(), appended));
        pendingBytes += size;
        numbers.pending(pending.size(), pendingBytes);
        if (failure != null || doubted) {
            bytes.release();
            progress();
            return;
        }
        if (pending.size() == 1) {
            oldestPending = pending.element().nanos();
        }
        if (rolling) {
            held.add(bytes);
        } else {
            current.append(bytes);
            rollIfFull();
        }
        if (pendingBytes > context.options().maxPendingBytes()) {
            fail(new LogException(
                    LogException.Kind.UNAVAILABLE, pendingBytes + " bytes of log " + name() + " wait for storage"));
        }
    }

    @Override
    public void read(long frame, int maxBytes, Callback<List<ByteBuf>> read) {
        assert loop.inLoop();
        if (closed) {
            return;
        }
        reads.read(frame, Math.min(durableEnd(), nextFrame), firstFrame(), maxBytes, whileOpen(read));
    }

    @Override
    public void publish(List<Checkpoint> checkpoints, Callback<Done> published) {
        change(descriptor -> descriptor.withCheckpoints(checkpoints), published);
    }

    @Override
    public void truncate(long frame, Callback<Done> truncated) {
        long point = Math.min(frame, durableEnd());
        change(
                descriptor -> descriptor.withTruncation(Math.max(point, descriptor.truncation())),
                Callback.of(
                        done -> {
                            deleteTruncated();
                            truncated.done(done);
                        },
                        truncated::failed));
    }

    @Override
    public void close() {
        assert loop.inLoop();
        if (!closed) {
            closed = true;
            pending.clear();
            letGo();
        }
    }

    /** Called from the store's timer now and then. */
    void checkDeadline() {
        long oldest = oldestPending;
        if (oldest != 0 && isOverdue(oldest)) {
            loop.execute(() -> {
                Pending head = pending.peek();
                if (!closed && failure == null && head != null && isOverdue(head.nanos())) {
                    fail(new LogException(
                            LogException.Kind.UNAVAILABLE,
                            "frame " + head.frame() + " of log " + name() + " was not acknowledged within "
                                    + context.options().appendMillis() + " ms"));
                }
            });
        }
    }

    /** May be read on any thread. */
    LogNumbers numbers() {
        return numbers;
    }

    private boolean isOverdue(long nanos) {
        return System.nanoTime() - nanos
                > TimeUnit.MILLISECONDS.toNanos(context.options().appendMillis());
    }

    private String name() {
        return context.partition();
    }

    private long durableEnd() {
        return pending.isEmpty() ? nextFrame : pending.element().frame();
    }

    /** Something was acknowledged or failed. Runs on any thread. */
    private void progress() {
        if (progressing.compareAndSet(false, true)) {
            loop.execute(() -> {
                progressing.set(false);
                complete();
            });
        }
    }

    private void complete() {
        if (failure != null) {
            failPending(failure);
            return;
        }
        int code = current.failure();
        long durable = current.durableEnd();
        long now = System.nanoTime();
        while (!closed && !pending.isEmpty() && pending.element().frame() < durable) {
            Pending done = pending.remove();
            pendingBytes -= done.bytes();
            numbers.appended(done.bytes(), now - done.nanos());
            numbers.pending(pending.size(), pendingBytes);
            oldestPending = pending.isEmpty() ? 0 : pending.element().nanos();
            done.appended().done(Done.DONE);
        }
        if (closed || failure != null) {
            return;
        }
        if (code == BKException.Code.LedgerFencedException) {
            fail(fenced());
        } else if (code != BKException.Code.OK) {
            findCause(Ledgers.failure("appending to ledger " + current.handle().getId(), code));
        } else {
            rollIfReady();
        }
    }

    // ---- Rolling over

    private void rollIfFull() {
        LedgerHandle ready = next;
        if (ready == null) {
            if (!creating && current.bytes() >= createAtBytes) {
                createNext();
            }
        } else if (current.bytes() >= context.options().rollBytes()) {
            rolling = true;
            nextIsNamed = false;
            LedgerRef ref = new LedgerRef(ready.getId(), nextFrame);
            owned.change(
                    descriptor -> descriptor.withLedgers(append(descriptor.ledgers(), ref)),
                    Callback.of(
                            done -> {
                                nextIsNamed = true;
                                rollIfReady();
                            },
                            this::failChange));
        }
    }

    private void createNext() {
        creating = true;
        context.ledgers().create(name(), Ledgers.LOG, loop, Callback.of(this::nextCreated, cause -> {
            creating = false;
            createAtBytes = current.bytes() + context.options().rollBytes() / 4;
            LOG.warn("Log {} stays in its ledger for now: no new one can be created", name(), cause);
        }));
    }

    private void nextCreated(LedgerHandle handle) {
        creating = false;
        next = handle;
        if (closed || failure != null) {
            dropNext();
        }
    }

    private void rollIfReady() {
        LedgerHandle ready = next;
        if (!rolling || !nextIsNamed || ready == null || !current.isSettled() || closed || failure != null) {
            return;
        }
        LedgerHandle old = current.handle();
        long firstFrame = nextFrame - held.size();
        current = new OpenLedger(ready, firstFrame, this::progress);
        chain.add(firstFrame, ready);
        next = null;
        rolling = false;
        createAtBytes = context.options().rollBytes() / 2;
        while (!held.isEmpty()) {
            current.append(held.remove());
        }
        // Spares the next owner a recovery. It also fails harmlessly if that owner is there already.
        old.asyncClose((rc, handle, ctx) -> {}, null);
        rollIfFull();
    }

    private static List<LedgerRef> append(List<LedgerRef> ledgers, LedgerRef last) {
        return Stream.concat(ledgers.stream(), Stream.of(last)).toList();
    }

    // ---- Descriptor

    private void change(UnaryOperator<LogDescriptor> edit, Callback<Done> callback) {
        assert loop.inLoop();
        if (closed) {
            return;
        }
        LogException before = failure;
        if (before != null) {
            loop.execute(() -> whileOpen(callback).failed(before));
            return;
        }
        owned.change(edit, whileOpen(Callback.of(callback::done, cause -> {
            if (isFenced(cause)) {
                failChange(cause);
            }
            callback.failed(cause);
        })));
    }

    private void deleteTruncated() {
        chain.removeBelow(owned.current().truncation());
        LogDescriptor descriptor = owned.current();
        for (int i = 0; i < descriptor.ledgers().size() && descriptor.isTruncated(i); i++) {
            LedgerRef ledger = descriptor.ledgers().get(i);
            context.ledgers()
                    .delete(
                            ledger.id(),
                            loop,
                            Callback.of(
                                    done -> forget(ledger),
                                    cause -> LOG.warn("Ledger {} will be deleted later", ledger.id(), cause)));
        }
    }

    private void forget(LedgerRef ledger) {
        change(
                descriptor -> descriptor.withLedgers(descriptor.ledgers().stream()
                        .filter(named -> !named.equals(ledger))
                        .toList()),
                Callback.of(done -> {}, cause -> {}));
    }

    private <T> Callback<T> whileOpen(Callback<T> callback) {
        return Callback.of(
                value -> {
                    if (!closed) {
                        callback.done(value);
                    }
                },
                cause -> {
                    if (!closed) {
                        callback.failed(cause);
                    }
                });
    }

    // ---- Failing

    private LogException fenced() {
        return new LogException(LogException.Kind.FENCED, "log " + name() + " has a newer owner than epoch " + epoch());
    }

    private static boolean isFenced(Throwable cause) {
        return cause instanceof LogException e && e.kind() == LogException.Kind.FENCED;
    }

    /** A fenced writer may see other errors first: asks the descriptor before blaming storage. */
    private void findCause(LogException suspected) {
        if (doubted) {
            return;
        }
        doubted = true;
        context.nodes()
                .read(
                        name(),
                        Callback.of(
                                stored -> loop.execute(
                                        () -> fail(stored.descriptor().epoch() == epoch() ? suspected : fenced())),
                                cause -> loop.execute(() -> fail(suspected))));
    }

    private void failChange(Throwable cause) {
        fail(
                cause instanceof LogException e
                        ? e
                        : new LogException(LogException.Kind.UNAVAILABLE, "changing a descriptor failed", cause));
    }

    private void fail(LogException cause) {
        if (failure == null && !closed) {
            LOG.warn("Log {} fails at epoch {}: {}", name(), epoch(), cause.getMessage());
            failure = cause;
            letGo();
            failPending(cause);
        }
    }

    private void failPending(LogException cause) {
        while (!closed && !pending.isEmpty()) {
            pending.remove().appended().failed(cause);
        }
    }

    private void letGo() {
        oldestPending = 0;
        context.unregister(this);
        while (!held.isEmpty()) {
            held.remove().release();
        }
        // Gives back the buffers of appends in flight; closes the ledger after its last acknowledged entry.
        context.ending().register();
        current.handle().asyncClose((rc, handle, ctx) -> context.ending().arriveAndDeregister(), null);
        if (next != null) {
            dropNext();
        }
    }

    /** The ledger created ahead is empty; it is deleted unless the descriptor may name it. */
    private void dropNext() {
        LedgerHandle unused = next;
        next = null;
        if (unused != null) {
            boolean named = rolling;
            unused.asyncClose(
                    (rc, handle, ctx) -> {
                        if (!named) {
                            context.ledgers().delete(unused.getId(), loop, Callback.of(done -> {}, cause -> {}));
                        }
                    },
                    null);
        }
    }
}
