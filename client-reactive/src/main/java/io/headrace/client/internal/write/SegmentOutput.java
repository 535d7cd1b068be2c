/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.wire.StoreConnection;
import io.headrace.client.internal.wire.Stores.Use;
import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to one segment, in order and each once. Events are sent in blocks; a block goes out as soon as there is
 * something for it, unless enough blocks are under way: then it fills until one of them is acknowledged. So a lone event
 * leaves at once, and blocks grow by themselves under load.
 *
 * <p>Events are numbered for the life of this object, whose writer id is its own. When a connection is set up again, the
 * server says which number it stored last: what is above is sent again, with the same numbers. On the loop only.
 */
final class SegmentOutput implements StoreConnection.Exchange {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int MAX_BLOCKS = 8;

    /** How many blocks may be under way before one that is not full waits for more events. */
    private static final int MAX_SMALL_BLOCKS = 2;

    private static final int FULL_BYTES = 32 << 10;

    /** Who is told what becomes of the events. */
    interface Owner {
        void onDurable(List<PendingEvent> events);

        /** Something became durable; the events were told before. */
        void onProgress();

        /** The segment takes nothing any more; what it did not take is to be had from {@link #takeAll}. Told once. */
        void onSealed(SegmentOutput output);

        /** Nothing will become durable any more. */
        void fail(HeadraceException cause);
    }

    private record Block(List<PendingEvent> events, int bytes, long lastNumber) {}

    private enum Link {
        NONE,
        CONNECTING,
        READY
    }

    private final Resources resources;
    private final long segmentId;
    private final String segment;
    private final Owner owner;

    // For the life of this object.
    private final UUID writerId = UUID.randomUUID();
    private final Deque<PendingEvent> unsent = new ArrayDeque<>();
    private final Deque<Block> inFlight = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private long unsentBytes;
    private long lastNumber;
    private long writeOffset = -1;
    private @Nullable LargeAppend large;
    private boolean ended;

    // For one connection.
    private Link link = Link.NONE;
    private @Nullable StoreConnection connection;
    private long requestId;
    private boolean awaitsRoom;

    SegmentOutput(Resources resources, long segmentId, String segment, Owner owner) {
        this.resources = resources;
        this.segmentId = segmentId;
        this.segment = segment;
        this.owner = owner;
    }

    long segmentId() {
        return segmentId;
    }

    /** How long the segment was when it last acknowledged something; -1 if it never did. */
    long writeOffset() {
        return writeOffset;
    }

    void add(PendingEvent event) {
        unsent.add(event);
        unsentBytes += event.storedBytes();
    }

    boolean isIdle() {
        return unsent.isEmpty() && inFlight.isEmpty();
    }

    /** When its oldest event was accepted; now if it has none. */
    long oldestNanos() {
        Block sent = inFlight.peek();
        PendingEvent waiting = unsent.peek();
        if (sent != null) {
            return sent.events.get(0).acceptedNanos();
        }
        return waiting != null ? waiting.acceptedNanos() : System.nanoTime();
    }

    /** Takes away all events that are not durable, in their order. */
    List<PendingEvent> takeAll() {
        List<PendingEvent> all = new ArrayList<>();
        inFlight.forEach(block -> all.addAll(block.events));
        all.addAll(unsent);
        inFlight.clear();
        unsent.clear();
        unsentBytes = 0;
        return all;
    }

    /** Sends nothing more and listens to nothing more. */
    void end() {
        ended = true;
        if (large != null) {
            large.cancel();
        }
        unlink();
    }

    /** Sends what there is, as far as it may. To be called after {@link #add}, once for many. */
    void pump() {
        resources.loop().check();
        while (!ended && large == null && mayBegin()) {
            PendingEvent first = unsent.element();
            if (first.isLarge()) {
                if (inFlight.isEmpty()) {
                    beginLarge(first);
                }
                return;
            }
            StoreConnection to = connection;
            if (link != Link.READY || to == null) {
                connect();
                return;
            }
            if (!to.isWritable()) {
                awaitRoom(to);
                return;
            }
            Block block = nextBlock();
            inFlight.add(block);
            send(to, block);
        }
    }

    /** The socket takes no more for now. What comes meanwhile makes larger blocks. */
    private void awaitRoom(StoreConnection to) {
        if (!awaitsRoom) {
            awaitsRoom = true;
            to.whenWritable(() -> {
                awaitsRoom = false;
                pump();
            });
        }
    }

    private boolean mayBegin() {
        return !unsent.isEmpty() && inFlight.size() < (unsentBytes < FULL_BYTES ? MAX_SMALL_BLOCKS : MAX_BLOCKS);
    }

    private Block nextBlock() {
        List<PendingEvent> events = new ArrayList<>();
        long bytes = 0;
        for (PendingEvent next = unsent.peek(); next != null && !next.isLarge(); next = unsent.peek()) {
            if (!events.isEmpty() && bytes + next.storedBytes() > BLOCK_BYTES) {
                break;
            }
            bytes += next.storedBytes();
            events.add(unsent.remove());
        }
        unsentBytes -= bytes;
        lastNumber += events.size();
        return new Block(events, (int) bytes, lastNumber);
    }

    private void send(StoreConnection to, Block block) {
        AppendBlockEnd end = new AppendBlockEnd(
                writerId, block.bytes, Unpooled.EMPTY_BUFFER, block.events.size(), block.lastNumber, requestId);
        to.send(AppendBlocks.encode(to.allocator(), end, out -> {
            for (PendingEvent event : block.events) {
                event.write(out);
            }
        }));
    }

    private void connect() {
        if (link != Link.NONE || ended) {
            return;
        }
        link = Link.CONNECTING;
        resources.stores().connect(segment, Use.APPEND).onComplete(this::setUp, this::retry);
    }

    private void setUp(StoreConnection to) {
        if (ended) {
            return;
        }
        connection = to;
        requestId = to.begin(this);
        to.send(new SetupAppend(requestId, writerId, segment, ""));
    }

    @Override
    public void onReply(Reply reply) {
        if (reply instanceof DataAppended appended) {
            writeOffset = Math.max(writeOffset, appended.currentSegmentWriteOffset());
            acknowledged(appended.eventNumber());
            pump();
        } else if (reply instanceof AppendSetup setup) {
            onSetUp(setup.lastEventNumber());
        } else if (reply instanceof SegmentIsSealed || reply instanceof NoSuchSegment) {
            sealed();
        } else if (reply instanceof WrongHost || reply instanceof InvalidEventNumber) {
            // The truth is to be had where the segment is, by setting up again.
            retry(new ProtocolException("the store answered " + reply));
        } else {
            end();
            owner.fail(refusal(reply));
        }
    }

    private HeadraceException refusal(Reply reply) {
        String message = "the store answered an append to " + segment + " with " + reply;
        return reply instanceof AuthTokenCheckFailed
                        || reply instanceof OperationUnsupported
                        || reply instanceof ErrorMessage
                ? new RejectedException(message)
                : new ProtocolException(message);
    }

    @Override
    public void onLost(HeadraceException cause) {
        retry(cause);
    }

    private void onSetUp(long lastStored) {
        StoreConnection to = connection;
        if (to == null) {
            return;
        }
        backoff.reset();
        acknowledged(lastStored);
        inFlight.forEach(block -> send(to, block));
        link = Link.READY;
        pump();
    }

    private void acknowledged(long number) {
        boolean any = false;
        for (Block oldest = inFlight.peek(); oldest != null && oldest.lastNumber <= number; oldest = inFlight.peek()) {
            inFlight.remove();
            owner.onDurable(oldest.events);
            any = true;
        }
        if (any) {
            owner.onProgress();
        }
    }

    /** Connects again after a while, if there is anything left to send. */
    private void retry(Throwable cause) {
        if (ended) {
            return;
        }
        HeadraceException known = Errors.of(cause);
        unlink();
        resources.stores().forgetOwner(segment);
        if (!(known instanceof ProtocolException) && !known.isRetryable()) {
            end();
            owner.fail(known);
        } else if (!isIdle()) {
            link = Link.CONNECTING;
            var unused = resources.loop().after(backoff.next(), () -> {
                link = Link.NONE;
                connect();
            });
        }
    }

    private void unlink() {
        StoreConnection from = connection;
        if (from != null) {
            from.end(requestId);
        }
        connection = null;
        awaitsRoom = false;
        link = Link.NONE;
    }

    private void sealed() {
        if (!ended) {
            end();
            owner.onSealed(this);
        }
    }

    private void beginLarge(PendingEvent event) {
        LargeAppend append = new LargeAppend(resources, segment, event);
        large = append;
        append.run().onComplete(length -> onLargeDone(event, length), this::onLargeFailed);
    }

    private void onLargeDone(PendingEvent event, long length) {
        large = null;
        if (ended) {
            return;
        }
        writeOffset = Math.max(writeOffset, length);
        unsentBytes -= event.storedBytes();
        unsent.remove();
        owner.onDurable(List.of(event));
        owner.onProgress();
        pump();
    }

    private void onLargeFailed(Throwable cause) {
        large = null;
        if (ended) {
            return;
        }
        if (cause instanceof LargeAppend.ParentSealedException) {
            sealed();
        } else {
            end();
            owner.fail(Errors.of(cause));
        }
    }
}
