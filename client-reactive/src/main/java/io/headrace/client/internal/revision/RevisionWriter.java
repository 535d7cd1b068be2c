/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.revision;

import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.RejectedException;
import io.headrace.client.SealedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.wire.StoreConnection;
import io.headrace.client.internal.wire.Stores.Use;
import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.ConditionalCheckFailed;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries to one segment, one at a time. Entries are numbered for the life of this object: after a lost connection
 * the server says which number it stored last, and so whether an entry whose answer was lost was stored. On the loop only.
 */
final class RevisionWriter implements StoreConnection.Exchange {

    /**
     * An entry under way.
     *
     * @param expected the length that the segment must have; below 0 for any
     */
    private record Pending(
            long number, ByteBuf payload, long expected, long endNanos, Promise<Optional<Long>> result) {}

    private final Resources resources;
    private final String segment;

    // For the life of this object.
    private final UUID writerId = UUID.randomUUID();
    private final OneAtATime entries = new OneAtATime();
    private final Backoff backoff = new Backoff();
    private long lastNumber;
    private @Nullable Pending pending;

    // For one connection.
    private @Nullable StoreConnection connection;
    private boolean ready;
    private long requestId;
    private Loop.@Nullable Timer pause;

    RevisionWriter(Resources resources, String segment) {
        this.resources = resources;
        this.segment = segment;
    }

    /** Writes; the result is where the entry ends, or empty if the segment has another length than was expected. */
    Future<Optional<Long>> write(byte[] payload, long expected) {
        if (payload.length > EventFrames.MAX_EVENT) {
            return Future.failedFuture(
                    new IllegalArgumentException("an entry of " + payload.length + " bytes is too large"));
        }
        return entries.run(() -> begin(payload, expected));
    }

    private Future<Optional<Long>> begin(byte[] payload, long expected) {
        long endNanos = System.nanoTime() + resources.options().deadline().toNanos();
        Promise<Optional<Long>> result = Promise.promise();
        pending = new Pending(++lastNumber, Unpooled.wrappedBuffer(payload), expected, endNanos, result);
        Loop.Timer ending = resources.loop().whenEnding(() -> finish(Loop.closed()));
        Loop.Timer deadline = resources
                .loop()
                .after(
                        resources.options().deadline(),
                        () -> finish(new UnavailableException("writing to " + segment + " takes long")));
        proceed();
        return result.future().onComplete(done -> {
            ending.cancel();
            deadline.cancel();
        });
    }

    private void proceed() {
        StoreConnection to = connection;
        if (ready && to != null) {
            send(to);
        } else if (to == null) {
            resources.stores().connect(segment, Use.APPEND).onComplete(this::setUp, this::retry);
        }
    }

    private void setUp(StoreConnection to) {
        if (pending != null && connection == null) {
            connection = to;
            requestId = to.begin(this);
            to.send(new SetupAppend(requestId, writerId, segment, ""));
        }
    }

    private void send(StoreConnection to) {
        Pending entry = pending;
        if (entry == null) {
            return;
        }
        ByteBuf payload = entry.payload;
        if (entry.expected < 0) {
            to.send(AppendBlocks.encode(to.allocator(), writerId, List.of(payload), entry.number, requestId));
        } else {
            ByteBuf event = Unpooled.buffer(EventFrames.sizeOf(payload));
            EventFrames.write(event, payload);
            to.send(new ConditionalAppend(writerId, entry.number, entry.expected, event, requestId));
        }
    }

    @Override
    public void onReply(Reply reply) {
        Pending entry = pending;
        if (reply instanceof AppendSetup setup) {
            ready = true;
            if (entry != null && setup.lastEventNumber() >= entry.number) {
                stored(entry, -1);
            } else {
                proceed();
            }
        } else if (reply instanceof DataAppended appended) {
            if (entry != null && appended.eventNumber() >= entry.number) {
                stored(entry, appended.currentSegmentWriteOffset());
            }
        } else if (reply instanceof ConditionalCheckFailed failed) {
            if (entry != null && failed.eventNumber() == entry.number) {
                finish(entry, Optional.empty());
            }
        } else if (reply instanceof WrongHost || reply instanceof InvalidEventNumber) {
            retry(new UnavailableException("the store answered " + reply));
        } else {
            finish(refusal(reply));
        }
    }

    private HeadraceException refusal(Reply reply) {
        if (reply instanceof SegmentIsSealed) {
            return new SealedException("the segment " + segment + " is sealed");
        }
        if (reply instanceof NoSuchSegment) {
            return new NotFoundException("there is no segment " + segment);
        }
        return new RejectedException("the store answered a write to " + segment + " with " + reply);
    }

    /** @param length of the segment afterwards, as far as is known; not for entries that were written to any length */
    private void stored(Pending entry, long length) {
        long end = entry.expected < 0 ? length : entry.expected + EventFrames.sizeOf(entry.payload);
        finish(entry, Optional.of(end));
    }

    private void finish(Pending entry, Optional<Long> result) {
        pending = null;
        backoff.reset();
        entry.result.tryComplete(result);
    }

    /** Whether it was stored is not known; the number of the next tells the server that this one is over. */
    private void finish(HeadraceException cause) {
        Pending entry = pending;
        pending = null;
        unlink();
        if (entry != null) {
            entry.result.tryFail(cause);
        }
    }

    @Override
    public void onLost(HeadraceException cause) {
        retry(cause);
    }

    private void retry(Throwable cause) {
        unlink();
        resources.stores().forgetOwner(segment);
        Pending entry = pending;
        if (entry == null) {
            return;
        }
        HeadraceException known = Errors.of(cause);
        if (!known.isRetryable() || System.nanoTime() > entry.endNanos) {
            finish(known);
            return;
        }
        pause = resources.loop().after(backoff.next(), this::proceed);
    }

    private void unlink() {
        StoreConnection from = connection;
        if (from != null) {
            from.end(requestId);
        }
        if (pause != null) {
            pause.cancel();
        }
        connection = null;
        ready = false;
    }

    /** Sends nothing more and listens to nothing more. */
    void end() {
        finish(Loop.closed());
    }
}
