/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.HeadraceException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.wire.StoreConnection;
import io.headrace.client.internal.wire.Stores.Use;
import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of one segment, one request at a time and only when it is told to. A lost connection or an unknown owner
 * is tried again until the client's deadline. On the loop only.
 */
public final class SegmentInput implements StoreConnection.Exchange {

    /** Who gets the bytes. */
    public interface Sink {
        /** Bytes that follow those before; they stay valid. */
        void onBytes(ByteBuf bytes);

        /** There is nothing left: the segment is sealed, or the bound was reached. */
        void onEnd();

        /** What was to be read has been deleted; {@code startOffset} is the first that is left, -1 if nothing is. */
        void onTruncated(long startOffset);

        /** Reading has failed for good. */
        void onFailed(HeadraceException cause);
    }

    private final Resources resources;
    private final String segment;
    private final Sink sink;

    /** Where to end; {@link Long#MAX_VALUE} for the end of the segment. */
    private final long endOffset;

    private final Backoff backoff = new Backoff();

    private long offset;
    private int asked;
    private boolean ended;
    private long troubleSinceNanos;
    private boolean inTrouble;

    // For one connection.
    private @Nullable StoreConnection connection;
    private long requestId;
    private Loop.@Nullable Timer pause;

    public SegmentInput(Resources resources, String segment, long offset, long endOffset, Sink sink) {
        this.resources = resources;
        this.segment = segment;
        this.offset = offset;
        this.endOffset = endOffset;
        this.sink = sink;
    }

    public String segment() {
        return segment;
    }

    /** The first offset that was not read. */
    public long offset() {
        return offset;
    }

    /** Whether an answer is to come. */
    public boolean isReading() {
        return asked > 0;
    }

    /** Asks for up to {@code bytes} bytes, if nothing is asked for; the answer waits until there are some. */
    public void read(int bytes) {
        resources.loop().check();
        if (ended || asked > 0) {
            return;
        }
        if (offset >= endOffset) {
            end();
            sink.onEnd();
            return;
        }
        asked = (int) Math.min(bytes, endOffset - offset);
        ask();
    }

    /** Goes on somewhere else; only while nothing is asked for. */
    public void seek(long to) {
        offset = to;
    }

    public void end() {
        ended = true;
        unlink();
        if (pause != null) {
            pause.cancel();
        }
    }

    private void ask() {
        StoreConnection known = connection;
        if (known != null) {
            known.send(new ReadSegment(segment, offset, asked, "", requestId));
        } else {
            resources.stores().connect(segment, Use.REQUEST).onComplete(this::connected, this::retry);
        }
    }

    private void connected(StoreConnection to) {
        if (!ended) {
            connection = to;
            requestId = to.begin(this);
            to.send(new ReadSegment(segment, offset, asked, "", requestId));
        }
    }

    @Override
    public void onReply(Reply reply) {
        if (reply instanceof SegmentRead read) {
            onRead(read);
        } else if (reply instanceof SegmentIsSealed) {
            end();
            sink.onEnd();
        } else if (reply instanceof SegmentIsTruncated truncated) {
            asked = 0;
            sink.onTruncated(truncated.startOffset());
        } else if (reply instanceof NoSuchSegment) {
            end();
            sink.onTruncated(-1);
        } else if (reply instanceof WrongHost) {
            retry(new UnavailableException("no store has the segment " + segment));
        } else {
            end();
            String message = "the store answered a read of " + segment + " with " + reply;
            sink.onFailed(
                    reply instanceof AuthTokenCheckFailed || reply instanceof OperationUnsupported
                            ? new RejectedException(message)
                            : new ProtocolException(message));
        }
    }

    private void onRead(SegmentRead read) {
        ByteBuf data = read.data();
        if (read.offset() != offset || data.readableBytes() > asked) {
            end();
            sink.onFailed(new ProtocolException("reading " + segment + " from " + offset + " gave "
                    + data.readableBytes() + " bytes from " + read.offset()));
            return;
        }
        if (!data.isReadable() && !read.endOfSegment()) {
            // The store let go of a read that waited; the segment may be about to move.
            retry(new UnavailableException("the store ended a read of " + segment));
            return;
        }
        backoff.reset();
        inTrouble = false;
        asked = 0;
        offset += data.readableBytes();
        boolean last = read.endOfSegment();
        if (last) {
            end();
        }
        if (data.isReadable()) {
            sink.onBytes(data);
        }
        if (last) {
            sink.onEnd();
        }
    }

    @Override
    public void onLost(HeadraceException cause) {
        connection = null;
        if (asked > 0) {
            retry(cause);
        }
    }

    private void retry(Throwable cause) {
        if (ended) {
            return;
        }
        unlink();
        resources.stores().forgetOwner(segment);
        HeadraceException known = Errors.of(cause);
        long now = System.nanoTime();
        if (!inTrouble) {
            inTrouble = true;
            troubleSinceNanos = now;
        }
        if (!known.isRetryable()
                || now - troubleSinceNanos > resources.options().deadline().toNanos()) {
            end();
            sink.onFailed(known);
            return;
        }
        pause = resources.loop().after(backoff.next(), this::ask);
    }

    private void unlink() {
        StoreConnection from = connection;
        if (from != null) {
            from.end(requestId);
        }
        connection = null;
    }
}
