/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.write.FlowWrite;
import io.headrace.client.internal.write.SingleWrite;
import io.headrace.client.internal.write.StreamWriter;
import io.headrace.client.internal.write.TransactionWriter;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.reactivestreams.Publisher;

/**
 * Writes events to a stream. Events with the same routing key are stored in the order in which they were written, and each
 * once, through lost connections, restarts of servers and scaling. May be used by any thread; the order of events is that
 * of subscription.
 *
 * <p>Every event is on its way as soon as it is written: nothing waits for others to come, but events that come while
 * others are under way travel together. Events above 8 MiB take a way of their own and may, if connection and server are
 * lost in the wrong moment, be stored twice.
 */
public final class EventWriter<T> {
    private final Resources resources;
    private final StreamName stream;
    private final WriterOptions options;
    private final StreamWriter writer;
    private final Serializer<T> serializer;

    EventWriter(Resources resources, StreamName stream, Serializer<T> serializer, WriterOptions options) {
        this.resources = resources;
        this.stream = stream;
        this.options = options;
        this.writer = new StreamWriter(resources, stream, options);
        this.serializer = serializer;
    }

    /** Writes an event to any segment. Emits it when it is durable. */
    public Single<T> write(T event) {
        return SingleWrite.of(writer, null, event, serializer);
    }

    /** Writes an event behind all that were written with the same routing key. Emits it when it is durable. */
    public Single<T> write(String routingKey, T event) {
        return SingleWrite.of(writer, routingKey, event, serializer);
    }

    /**
     * Writes a flow of events, no faster than they can be stored. Completes when all are durable. If the flow fails, so
     * does this, after all that came before has become durable.
     *
     * @param routingKey gives each event's routing key
     */
    public Completable writeAll(Publisher<? extends T> events, Function<? super T, String> routingKey) {
        return FlowWrite.of(events, routingKey, serializer, writer);
    }

    /** The same with events that may go to any segment. */
    public Completable writeAll(Publisher<? extends T> events) {
        return FlowWrite.of(events, event -> null, serializer, writer);
    }

    /** Begins a transaction, whose events are seen all or not at all. */
    public Single<Transaction<T>> begin() {
        return TransactionWriter.begin(resources, stream, options)
                .map(transaction -> new Transaction<>(transaction, serializer));
    }

    /** Goes on with a transaction of this stream that was begun elsewhere, and prolongs its lease from here too. */
    public Single<Transaction<T>> resume(UUID transaction) {
        return TransactionWriter.resume(resources, stream, transaction, options)
                .map(resumed -> new Transaction<>(resumed, serializer));
    }

    /**
     * Writes a finite flow as a whole: all of its events are seen, or, if the flow or a write fails, none. Completes when
     * it is certain that they will be seen.
     */
    public Completable writeExactlyOnce(Publisher<? extends T> events, Function<? super T, String> routingKey) {
        return begin().flatMapCompletable(transaction -> transaction
                .writeAll(events, routingKey)
                .andThen(transaction.commit())
                .onErrorResumeNext(
                        cause -> transaction.abort().onErrorComplete().andThen(Completable.error(cause))));
    }

    /**
     * Says that what this writer will write from now on is not older than {@code time}, which the server needs to make
     * watermarks. Times of a writer must not go backwards. All that was written before should be durable.
     */
    public Completable noteTime(Instant time) {
        return writer.noteTime(time.toEpochMilli());
    }

    /** Completes when all that was written has become durable, fails if something was lost; takes nothing from then on. */
    public Completable close() {
        return writer.close();
    }
}
