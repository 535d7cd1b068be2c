/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.number;

import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.client.RejectedException;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.wire.StoreConnection;
import io.headrace.client.internal.wire.Stores.Use;
import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.FailureReply;
import io.headrace.codecs.wire.FailureReply.InvalidEventNumber;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentRequest.GetSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentAttribute;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One producer in one segment: the binding of its writer id to a connection, by which every other connection is refused, and
 * the number that the segment stored last of it. On the loop.
 */
final class SegmentLink implements StoreConnection.Exchange {
    /** Stands for no number, below all. */
    static final long NONE = AppendSetup.NEVER_WROTE;

    /** What happens to a link that is ready. */
    interface Owner {
        /** Everything up to this number, as far as it was sent here, is durable. */
        void onStored(SegmentLink link, long number);

        /** The segment takes nothing any more. */
        void onSealed(SegmentLink link);

        /** It is not ready any more; what was sent may or may not be stored. */
        void onLost(SegmentLink link, HeadraceException cause);
    }

    private final Resources resources;
    private final long id;
    private final String segment;
    private final UUID writerId;
    private final Owner owner;

    // For one connection.
    private @Nullable StoreConnection connection;
    private @Nullable Promise<Long> settingUp;
    private long requestId;
    private boolean ready;
    private Loop.@Nullable Timer deadline;

    SegmentLink(Resources resources, long id, String segment, UUID writerId, Owner owner) {
        this.resources = resources;
        this.id = id;
        this.segment = segment;
        this.writerId = writerId;
        this.owner = owner;
    }

    long id() {
        return id;
    }

    String segment() {
        return segment;
    }

    boolean isReady() {
        return ready;
    }

    /** Binds the writer to a connection, one attempt; succeeds with the number that is stored last. */
    Future<Long> setUp() {
        end();
        Promise<Long> result = Promise.promise();
        settingUp = result;
        deadline = resources
                .loop()
                .after(
                        resources.options().deadline(),
                        () -> lost(new UnavailableException("setting up a producer in " + segment + " takes long")));
        resources.stores().connect(segment, Use.APPEND).onComplete(to -> begin(to, result), this::lost);
        return result.future();
    }

    private void begin(StoreConnection to, Promise<Long> asked) {
        if (settingUp == asked) {
            connection = to;
            requestId = to.begin(this);
            to.send(new SetupAppend(requestId, writerId, segment, ""));
        }
    }

    /**
     * The number that is stored last, confirmed: a store that was replaced and does not know it could tell an old one, but
     * writes nothing. {@link NotFoundException} if the segment is gone. Whoever was bound before is refused afterwards.
     */
    Future<Long> setUpAndConfirm() {
        return setUp().compose(last -> resources
                        .stores()
                        .request(
                                segment,
                                request -> new UpdateSegmentAttribute(request, segment, writerId, last, last, ""))
                        .compose(reply -> {
                            if (reply instanceof SegmentIsSealed) {
                                return stored();
                            }
                            if (reply instanceof SegmentAttributeUpdated updated) {
                                return updated.success() ? Future.succeededFuture(last) : setUpAndConfirm();
                            }
                            return Future.failedFuture(refusal(reply));
                        }))
                .recover(cause -> cause instanceof SealedLinkException ? stored() : Future.failedFuture(cause));
    }

    /** The number that is stored last in a segment that is sealed. */
    Future<Long> stored() {
        return resources
                .stores()
                .request(segment, request -> new GetSegmentAttribute(request, segment, writerId, ""))
                .compose(reply -> reply instanceof SegmentAttribute attribute
                        ? Future.succeededFuture(attribute.value())
                        : Future.failedFuture(refusal(reply)));
    }

    /** Sends events whose numbers follow each other; only if it is ready. */
    void send(List<byte[]> events, int bytes, long lastNumber) {
        StoreConnection to = connection;
        if (to == null) {
            return;
        }
        AppendBlockEnd end =
                new AppendBlockEnd(writerId, bytes, Unpooled.EMPTY_BUFFER, events.size(), lastNumber, requestId);
        to.send(AppendBlocks.encode(
                to.allocator(), end, out -> events.forEach(event -> EventFrames.write(out, event))));
    }

    /** Whether the socket takes more; if not, {@code task} runs when it does. */
    boolean isWritable(Runnable task) {
        StoreConnection to = connection;
        if (to == null || to.isWritable()) {
            return true;
        }
        to.whenWritable(task);
        return false;
    }

    /** Listens to nothing more. */
    void end() {
        StoreConnection from = connection;
        if (from != null) {
            from.end(requestId);
        }
        if (deadline != null) {
            deadline.cancel();
        }
        connection = null;
        settingUp = null;
        ready = false;
    }

    @Override
    public void onReply(Reply reply) {
        Promise<Long> asked = settingUp;
        if (reply instanceof AppendSetup setup) {
            if (asked != null) {
                settingUp = null;
                ready = true;
                if (deadline != null) {
                    deadline.cancel();
                }
                asked.complete(setup.lastEventNumber());
            }
        } else if (reply instanceof DataAppended appended) {
            owner.onStored(this, appended.eventNumber());
        } else if (reply instanceof SegmentIsSealed) {
            end();
            if (asked != null) {
                asked.fail(new SealedLinkException());
            } else {
                owner.onSealed(this);
            }
        } else if (reply instanceof WrongHost || reply instanceof InvalidEventNumber) {
            lost(new UnavailableException("the store answered " + reply));
        } else {
            lost(refusal(reply));
        }
    }

    private HeadraceException refusal(Reply reply) {
        if (reply instanceof NoSuchSegment) {
            return new NotFoundException("there is no segment " + segment);
        }
        String message = "the store answered a producer in " + segment + " with " + reply;
        return reply instanceof FailureReply ? new RejectedException(message) : new ProtocolException(message);
    }

    @Override
    public void onLost(HeadraceException cause) {
        lost(cause);
    }

    private void lost(Throwable cause) {
        Promise<Long> asked = settingUp;
        boolean wasReady = ready;
        end();
        resources.stores().forgetOwner(segment);
        HeadraceException known = Errors.of(cause);
        if (asked != null) {
            asked.tryFail(known);
        } else if (wasReady) {
            owner.onLost(this, known);
        }
    }

    /** The segment takes nothing any more, and says so when it is asked to. */
    static final class SealedLinkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SealedLinkException() {
            super("the segment is sealed", null, false, false);
        }
    }
}
