/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.number;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Resources;
import io.headrace.codecs.name.Names;
import io.headrace.codecs.name.SegmentName;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentRequest.GetSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentAttribute;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a stream remembers of a producer, in two attributes of the segment of its marks, which is there as long as the stream
 * is and survives every scaling and truncation.
 *
 * <ul>
 *   <li>A number up to which all events are stored. It may lag behind, and only grows.
 *   <li>The {@link Session}: who may write, and where to look for what the number may lack.
 * </ul>
 *
 * <p>All changes are made by compare-and-set. One whose answer was lost is repeated and then fails for what it has done
 * itself: so the value is looked at before anything is concluded. On the loop.
 */
final class ProducerRecord {
    private static final long ABSENT = Long.MIN_VALUE;

    /** Attempts to take over; each fails only because another writer has taken over at the same time. */
    private static final int MAX_ATTEMPTS = 20;

    /**
     * Who may write events of a producer.
     *
     * @param generation grows each time that somebody takes over, below 2^30
     * @param isOpen whether events may have been stored that the number does not tell
     * @param epoch of the stream, among whose segments are all where such events can be
     */
    record Session(int generation, boolean isOpen, int epoch) {
        private static final int GENERATION_SHIFT = 33;
        private static final int OPEN_SHIFT = 32;
        private static final int MAX_GENERATION = (1 << 30) - 1;

        static Session of(long value) {
            return value == ABSENT
                    ? new Session(0, false, 0)
                    : new Session((int) (value >>> GENERATION_SHIFT), ((value >>> OPEN_SHIFT) & 1) == 1, (int) value);
        }

        /** {@code 30 bits generation | 1 bit open | 32 bits epoch}. */
        long toValue() {
            return ((long) generation << GENERATION_SHIFT)
                    | (isOpen ? 1L << OPEN_SHIFT : 0)
                    | Integer.toUnsignedLong(epoch);
        }

        Session takenOver() {
            return new Session(generation == MAX_GENERATION ? 1 : generation + 1, isOpen, epoch);
        }

        Session opened(int inEpoch) {
            return new Session(generation, true, inEpoch);
        }

        Session closed() {
            return new Session(generation, false, epoch);
        }
    }

    private final Resources resources;
    private final StreamName stream;
    private final String producer;
    private final UUID numberId;
    private final UUID sessionId;

    // From taking over on.
    private String segment = "";
    private Session session = Session.of(ABSENT);
    private long number;

    ProducerRecord(Resources resources, StreamName stream, String producer) {
        this.resources = resources;
        this.stream = stream;
        this.producer = producer;
        this.numberId = id("number", producer);
        this.sessionId = id("session", producer);
    }

    /**
     * By what a producer is known in a segment. It is another one in each, since a connection sends appends of one writer to
     * one segment.
     */
    static UUID writerId(String producer, String segment) {
        return id("writer in " + segment, producer);
    }

    private static UUID id(String kind, String producer) {
        return UUID.nameUUIDFromBytes(
                ("headrace " + kind + " of producer " + producer).getBytes(StandardCharsets.UTF_8));
    }

    /** As it was written last, or found. */
    Session session() {
        return session;
    }

    long number() {
        return number;
    }

    /** Sees to it that nobody else may write. The session is what it was, but for its generation. */
    Future<Void> takeOver() {
        StreamName marks = new StreamName(stream.scope(), Names.markStream(stream.name()));
        return resources
                .streams()
                .currentSegments(marks)
                .recover(cause -> Future.failedFuture(
                        cause instanceof NotFoundException
                                ? new NotFoundException("there is no stream " + stream, cause)
                                : cause))
                .compose(current -> {
                    if (current.isEmpty()) {
                        return Future.failedFuture(new NotFoundException("the stream " + stream + " is being deleted"));
                    }
                    StreamSegment marked = current.get(0);
                    segment = SegmentName.of(marks.scope(), marks.name(), marked.id())
                            .qualified();
                    return bump(MAX_ATTEMPTS);
                })
                .compose(taken -> readNumber());
    }

    private Future<Void> bump(int attempts) {
        return read(sessionId).compose(found -> {
            Session next = Session.of(found).takenOver();
            // Only a clear yes will do: the same value could be another writer's.
            return update(sessionId, next.toValue(), found).compose(done -> {
                if (done) {
                    session = next;
                    return Future.succeededFuture();
                }
                return attempts > 1
                        ? bump(attempts - 1)
                        : Future.failedFuture(
                                new UnavailableException("many writers take over the producer " + producer));
            });
        });
    }

    /**
     * Fails with {@link ConflictException} if somebody else has taken over. What is read could be read at a store that was
     * replaced and does not know; what is written, even if nothing changes, could not.
     */
    Future<Void> check() {
        return update(sessionId, session.toValue(), session.toValue())
                .compose(done -> done ? Future.succeededFuture() : Future.failedFuture(takenOver()));
    }

    private Future<Void> readNumber() {
        return read(numberId).compose(found -> update(numberId, found, found).compose(confirmed -> {
            if (confirmed) {
                number = found == ABSENT ? 0 : found;
                return Future.succeededFuture();
            }
            return readNumber();
        }));
    }

    /** Remembers that all events up to a number are stored. */
    Future<Void> note(long stored) {
        if (stored <= number) {
            return Future.succeededFuture();
        }
        long expected = number == 0 ? ABSENT : number;
        return update(numberId, stored, expected).compose(done -> {
            if (done) {
                number = stored;
                return Future.succeededFuture();
            }
            // A former writer may have noted less: that was true, too.
            return readNumber().compose(read -> note(stored));
        });
    }

    /** Remembers a session of the same generation. */
    Future<Void> enter(Session next) {
        if (next.equals(session)) {
            return Future.succeededFuture();
        }
        return update(sessionId, next.toValue(), session.toValue())
                .compose(done -> done
                        ? Future.succeededFuture()
                        : read(sessionId)
                                .compose(found -> found == next.toValue()
                                        ? Future.<Void>succeededFuture()
                                        : Future.failedFuture(takenOver())))
                .onSuccess(entered -> session = next);
    }

    ConflictException takenOver() {
        return new ConflictException("another writer has taken over the producer " + producer + " of " + stream);
    }

    private Future<Long> read(UUID attribute) {
        return resources
                .stores()
                .request(segment, id -> new GetSegmentAttribute(id, segment, attribute, ""))
                .compose(reply -> reply instanceof SegmentAttribute value
                        ? Future.succeededFuture(value.value())
                        : Future.failedFuture(unexpected(reply)));
    }

    private Future<Boolean> update(UUID attribute, long value, long expected) {
        return resources
                .stores()
                .request(segment, id -> new UpdateSegmentAttribute(id, segment, attribute, value, expected, ""))
                .compose(reply -> reply instanceof SegmentAttributeUpdated updated
                        ? Future.succeededFuture(updated.success())
                        : Future.failedFuture(unexpected(reply)));
    }

    private HeadraceException unexpected(Reply reply) {
        return reply instanceof NoSuchSegment
                ? new NotFoundException("there is no stream " + stream)
                : new ProtocolException("the store answered " + reply + " about the producer " + producer);
    }
}
