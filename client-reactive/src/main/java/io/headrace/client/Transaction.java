/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.write.FlowWrite;
import io.headrace.client.internal.write.SingleWrite;
import io.headrace.client.internal.write.TransactionWriter;
import io.headrace.codecs.wire.EventFrames;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.reactivestreams.Publisher;

/**
 * Events that are seen all or not at all. Nobody sees them before the transaction is committed; then they appear in each
 * segment as one piece, in the order in which they were written. While it is open this object prolongs its lease; if the
 * program ends, the transaction is aborted when the lease is over.
 *
 * <p>Takes events of up to 8 MiB. May be used by any thread.
 */
public final class Transaction<T> {

    /** What has been decided about a transaction, and whether it has been done. */
    public enum Status {
        OPEN,
        /** It will be seen, whatever happens. */
        COMMITTING,
        COMMITTED,
        /** It will never be seen. */
        ABORTING,
        ABORTED
    }

    private final TransactionWriter writer;
    private final Serializer<T> serializer;

    Transaction(TransactionWriter writer, Serializer<T> serializer) {
        this.writer = writer;
        this.serializer = serializer;
    }

    /** Identifies it in its stream; see {@link EventWriter#resume}. */
    public UUID id() {
        return writer.id();
    }

    /** Adds an event. Emits it when it is durable as a part of the transaction. */
    public Single<T> write(T event) {
        return write(id().toString(), event);
    }

    /** Adds an event behind all of the transaction that have the same routing key. */
    public Single<T> write(String routingKey, T event) {
        return SingleWrite.of(writer.events(), routingKey, event, bounded());
    }

    /** Adds a flow of events, no faster than they can be stored. Completes when all are durable as parts of the transaction. */
    public Completable writeAll(Publisher<? extends T> events, Function<? super T, String> routingKey) {
        return FlowWrite.of(events, routingKey, bounded(), writer.events());
    }

    /**
     * Waits until all that was written is durable, and commits. Completes when it is certain that the events will be seen,
     * which is a moment later. Fails, and leaves the transaction open, if an event was lost; {@link ConflictException} if
     * it has ended otherwise.
     */
    public Completable commit() {
        return writer.commit(null);
    }

    /** The same, and notes the time as {@link EventWriter#noteTime} does. */
    public Completable commit(Instant time) {
        return writer.commit(time.toEpochMilli());
    }

    /** Sees to it that the events are never seen. {@link ConflictException} if it was committed. */
    public Completable abort() {
        return writer.abort();
    }

    /**
     * Leaves the transaction to whoever resumes it: adds nothing to it any more and prolongs its lease no longer, so that it is
     * aborted when that is over.
     */
    public Completable release() {
        return writer.release();
    }

    /** {@link NotFoundException} if the transaction ended so long ago that nothing is known of it. */
    public Single<Status> status() {
        return writer.status();
    }

    private Serializer<T> bounded() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(T event) {
                byte[] bytes = serializer.serialize(event);
                if (bytes.length > EventFrames.MAX_EVENT) {
                    throw new IllegalArgumentException(
                            "an event of " + bytes.length + " bytes is too large for a transaction");
                }
                return bytes;
            }

            @Override
            public T deserialize(ByteBuffer bytes) {
                return serializer.deserialize(bytes);
            }
        };
    }
}
