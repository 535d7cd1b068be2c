/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.client.RejectedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Backoff;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.wire.StoreConnection;
import io.headrace.client.internal.wire.Stores.Use;
import io.headrace.codecs.wire.AppendCommand.ConditionalBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply.AuthTokenCheckFailed;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.OperationUnsupported;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentsMerged;
import io.headrace.codecs.wire.SegmentRequest.CreateTransientSegment;
import io.headrace.codecs.wire.SegmentRequest.MergeSegments;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Appends one event that is too large for an append: it is collected in a transient segment, piece by piece, which then is
 * merged into its parent and so appears as a whole. Whatever fails before the merge begins anew with another transient
 * segment; a merge that was not answered is first asked for again, since it may have happened. On the loop only.
 */
final class LargeAppend {
    private static final int PIECE_BYTES = EventFrames.MAX_EVENT;
    private static final int MAX_PIECES_IN_FLIGHT = 2;

    /** The parent takes nothing any more. */
    static final class ParentSealedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ParentSealedException() {
            super("the parent segment is sealed", null, false, false);
        }
    }

    private final Resources resources;
    private final String parent;
    private final ByteBuf framed;
    private final long endNanos;
    private final Backoff backoff = new Backoff();
    private final Promise<Long> done = Promise.promise();
    private boolean cancelled;

    LargeAppend(Resources resources, String parent, PendingEvent event) {
        this.resources = resources;
        this.parent = parent;
        this.framed = Unpooled.wrappedBuffer(
                Unpooled.buffer(EventFrames.HEADER_BYTES).writeInt(0).writeInt(event.payload().length),
                Unpooled.wrappedBuffer(event.payload()));
        this.endNanos = System.nanoTime() + resources.options().deadline().toNanos();
    }

    /** Succeeds with the length of the parent. {@link ParentSealedException} if it takes nothing any more. */
    Future<Long> run() {
        attempt();
        return done.future();
    }

    void cancel() {
        cancelled = true;
    }

    private void attempt() {
        resources
                .stores()
                .connect(parent, Use.APPEND)
                .compose(connection -> {
                    UUID writer = UUID.randomUUID();
                    return connection
                            .request(id -> new CreateTransientSegment(id, writer, parent, ""), left())
                            .compose(reply -> reply instanceof SegmentCreated created
                                    ? new Pieces(connection, writer, created.segment()).send()
                                    : Future.failedFuture(refusal(reply)));
                })
                .onComplete(this::merge, this::retry);
    }

    private void merge(String source) {
        resources
                .stores()
                .request(parent, id -> new MergeSegments(id, parent, source, "", List.of()))
                .onComplete(
                        reply -> {
                            if (reply instanceof SegmentsMerged merged) {
                                done.tryComplete(merged.newTargetWriteOffset());
                            } else if (reply instanceof SegmentIsSealed) {
                                done.tryFail(new ParentSealedException());
                            } else if (reply instanceof NoSuchSegment) {
                                // Lost with its connection before it was merged, or the parent itself is gone.
                                retry(new UnavailableException("the transient segment was lost"));
                            } else {
                                retry(refusal(reply));
                            }
                        },
                        done::tryFail);
    }

    private void retry(Throwable cause) {
        if (cancelled) {
            return;
        }
        boolean again = cause instanceof HeadraceException && !(cause instanceof RejectedException);
        Duration pause = backoff.next();
        if (again && System.nanoTime() + pause.toNanos() < endNanos) {
            resources.stores().forgetOwner(parent);
            var unused = resources.loop().after(pause, this::attempt);
        } else if (cause instanceof ParentSealedException) {
            done.tryFail(cause);
        } else {
            done.tryFail(Errors.of(cause));
        }
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
    }

    private RuntimeException refusal(Reply reply) {
        if (reply instanceof SegmentIsSealed || reply instanceof NoSuchSegment) {
            return new ParentSealedException();
        }
        String message = "the store answered a large append to " + parent + " with " + reply;
        return reply instanceof AuthTokenCheckFailed || reply instanceof OperationUnsupported
                ? new RejectedException(message)
                : new UnavailableException(message);
    }

    /** Fills one transient segment. */
    private final class Pieces implements StoreConnection.Exchange {
        private final StoreConnection connection;
        private final UUID writer;
        private final String segment;
        private final Promise<String> filled = Promise.promise();
        private long requestId;
        private int sent;
        private int acknowledged;
        private Loop.@Nullable Timer timer;

        Pieces(StoreConnection connection, UUID writer, String segment) {
            this.connection = connection;
            this.writer = writer;
            this.segment = segment;
        }

        /** Succeeds with the name of the segment. */
        Future<String> send() {
            requestId = connection.begin(this);
            timer = resources.loop().after(left(), () -> onLost(new UnavailableException("no answer in time")));
            connection.send(new SetupAppend(requestId, writer, segment, ""));
            return filled.future();
        }

        @Override
        public void onReply(Reply reply) {
            if (reply instanceof AppendSetup setup && setup.lastEventNumber() == AppendSetup.NEVER_WROTE) {
                sendMore();
            } else if (reply instanceof DataAppended) {
                acknowledged++;
                sendMore();
            } else {
                fail(
                        reply instanceof NoSuchSegment
                                ? new UnavailableException("the transient segment was lost")
                                : refusal(reply));
            }
        }

        private void sendMore() {
            int size = framed.readableBytes();
            while (sent - acknowledged < MAX_PIECES_IN_FLIGHT && (long) sent * PIECE_BYTES < size) {
                int from = sent * PIECE_BYTES;
                ByteBuf piece = framed.slice(from, Math.min(PIECE_BYTES, size - from));
                connection.send(new ConditionalBlockEnd(writer, sent, from, piece, requestId));
                sent++;
            }
            if (sent == acknowledged) {
                finish();
                filled.tryComplete(segment);
            }
        }

        @Override
        public void onLost(HeadraceException cause) {
            fail(cause);
        }

        private void fail(RuntimeException cause) {
            finish();
            filled.tryFail(cause);
        }

        private void finish() {
            connection.end(requestId);
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
