/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.revision;

import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.client.StateModel;
import io.headrace.client.StreamName;
import io.headrace.client.TruncatedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.format.StateFrames;
import io.headrace.client.internal.read.SegmentPage;
import io.headrace.client.internal.revision.RevisionLog.Ends;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a state that is kept in a revisioned stream. Operations are done one after another; each write is made on the
 * condition that the copy is what the stream says, unless it is said to need none. On its loop.
 */
public final class SharedState<S, U> implements Shared<S, U> {
    private static final int PAGE_BYTES = 256 << 10;

    private final Resources resources;
    private final StreamName stream;
    private final StateModel<S, U> model;
    private final Consumer<? super U> onRead;
    private final RevisionLog log;
    private final OneAtATime operations = new OneAtATime();

    /** Null before the first fetch, and while nothing but changes to an unknown state has been read. */
    private @Nullable S state;

    /** Where the next entry begins that was not read; -1 if reading has to begin anew. */
    private long offset = -1;

    /** Where the mark was last, as far as is known. */
    private long mark;

    /**
     * A copy that is fetched when it is first used.
     *
     * @param onRead is told each change that was read and is in the copy: those of others, and what was appended here
     *     without a condition
     */
    public SharedState(Resources resources, StreamName stream, StateModel<S, U> model, Consumer<? super U> onRead) {
        this.resources = resources;
        this.stream = stream;
        this.model = model;
        this.onRead = onRead;
        this.log = new RevisionLog(resources, stream);
    }

    /** Ends it; what is under way fails. */
    public void end() {
        log.end();
    }

    @Override
    public S current() {
        S known = state;
        if (known == null) {
            throw new IllegalStateException("the state of " + stream + " was not fetched");
        }
        return known;
    }

    /** How many bytes have been written since the state was written as a whole, as far as is known. */
    public long bytesSinceCompaction() {
        return offset - mark;
    }

    public Future<S> fetch() {
        return operations.run(this::catchUp);
    }

    public Future<Boolean> initialize(S first) {
        byte[] frame = StateFrames.state(model.states().serialize(first));
        return operations.run(() -> log.ends()
                .compose(ends -> ends.tail() > ends.start()
                        ? Future.succeededFuture(false)
                        : log.append(frame, ends.start()).map(written -> written.isPresent())));
    }

    @Override
    public Future<S> update(Function<? super S, ? extends List<? extends U>> changes) {
        long endNanos = System.nanoTime() + resources.options().deadline().toNanos();
        return operations.run(() ->
                state == null ? catchUp().compose(known -> attempt(changes, endNanos)) : attempt(changes, endNanos));
    }

    private Future<S> attempt(Function<? super S, ? extends List<? extends U>> changes, long endNanos) {
        S before = current();
        List<? extends U> wanted = changes.apply(before);
        if (wanted.isEmpty()) {
            return Future.succeededFuture(before);
        }
        if (System.nanoTime() > endNanos) {
            return Future.failedFuture(new UnavailableException("others are always faster to change " + stream));
        }
        S after = model.applyAll(before, wanted);
        return log.append(frame(wanted), offset).compose(written -> {
            if (written.isEmpty()) {
                return catchUp().compose(fetched -> attempt(changes, endNanos));
            }
            state = after;
            offset = written.get();
            return Future.succeededFuture(after);
        });
    }

    private byte[] frame(List<? extends U> changes) {
        return StateFrames.changes(changes.stream()
                .map(change -> model.changes().serialize(change))
                .toList());
    }

    @Override
    public Future<Void> append(List<? extends U> changes) {
        return changes.isEmpty() ? Future.succeededFuture() : operations.run(() -> log.append(frame(changes)));
    }

    /** Writes the state as a whole, if nobody writes meanwhile, and deletes what lies before the mark of the last time. */
    public Future<Void> compact() {
        return operations.run(() -> catchUp().compose(known -> {
            long start = offset;
            byte[] frame = StateFrames.state(model.states().serialize(known));
            return log.append(frame, start).compose(written -> {
                if (written.isEmpty()) {
                    return Future.succeededFuture();
                }
                offset = written.get();
                return log.mark().compose(before -> moveMark(before, start));
            });
        }));
    }

    private Future<Void> moveMark(OptionalLong before, long next) {
        mark = Math.max(before.orElse(0), next);
        if (before.isPresent() && before.getAsLong() >= next) {
            return Future.succeededFuture();
        }
        return log.moveMark(before.orElse(RevisionLog.NO_MARK), next)
                .compose(moved ->
                        moved && before.isPresent() ? log.truncate(before.getAsLong()) : Future.succeededFuture());
    }

    private Future<S> catchUp() {
        return log.ends()
                .compose(ends -> offset < ends.start() ? restart() : readTo(ends))
                .compose(read -> {
                    S known = state;
                    return known == null
                            ? Future.<S>failedFuture(new NotFoundException("no state was ever written to " + stream))
                            : Future.succeededFuture(known);
                })
                .recover(cause -> {
                    if (cause instanceof TruncatedException) {
                        offset = -1;
                        return catchUp();
                    }
                    return Future.failedFuture(cause);
                });
    }

    /** Begins with the last whole state, or the oldest entry. */
    private Future<Void> restart() {
        return log.mark().compose(marked -> log.ends().compose(ends -> {
            state = null;
            mark = marked.orElse(ends.start());
            offset = Math.max(mark, ends.start());
            return readTo(ends);
        }));
    }

    private Future<Void> readTo(Ends ends) {
        return offset >= ends.tail()
                ? Future.succeededFuture()
                : log.read(offset, ends.tail(), PAGE_BYTES).compose(page -> {
                    read(page);
                    return readTo(ends);
                });
    }

    private void read(SegmentPage page) {
        for (SegmentPage.Entry entry : page.entries()) {
            try {
                read(entry.payload());
            } catch (RuntimeException e) {
                throw new ProtocolException("no change to the state of " + stream + ": " + e.getMessage(), e);
            }
            offset = entry.nextOffset();
        }
    }

    private void read(ByteBuf payload) {
        StateFrames.Frame frame = StateFrames.read(payload);
        if (frame instanceof StateFrames.State whole) {
            state = model.states().deserialize(bytes(whole.bytes()));
        } else if (frame instanceof StateFrames.Changes changes && state != null) {
            List<U> read = changes.all().stream()
                    .map(change -> model.changes().deserialize(bytes(change)))
                    .toList();
            state = model.applyAll(state, read);
            read.forEach(onRead);
        }
    }

    private static ByteBuffer bytes(ByteBuf from) {
        return from.nioBuffer();
    }
}
