/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.write.FlowWrite;
import io.headrace.client.internal.write.PendingEvent;
import io.headrace.client.internal.write.StreamWriter;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleEmitter;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
    private final StreamWriter writer;
    private final Serializer<T> serializer;

    EventWriter(StreamWriter writer, Serializer<T> serializer) {
        this.writer = writer;
        this.serializer = serializer;
    }

    /** Writes an event to any segment. Emits it when it is durable. */
    public Single<T> write(T event) {
        return writeTo(null, event);
    }

    /** Writes an event behind all that were written with the same routing key. Emits it when it is durable. */
    public Single<T> write(String routingKey, T event) {
        return writeTo(routingKey, event);
    }

    private Single<T> writeTo(@Nullable String routingKey, T event) {
        return Single.create(emitter -> writer.offer(
                PendingEvent.of(routingKey, serializer.serialize(event), new SingleOutcome<>(event, emitter))));
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

    /**
     * Says that what this writer will write from now on is not older than {@code time}, which the server needs to make
     * watermarks. Times of a writer must not go backwards. All that was written before should be durable.
     */
    public Completable noteTime(Instant time) {
        return writer.noteTime(time.toEpochMilli());
    }

    /** Completes when all that was written has become durable; what is written after this fails. */
    public Completable close() {
        return writer.close();
    }

    private record SingleOutcome<T>(T event, SingleEmitter<T> emitter) implements PendingEvent.Outcome {
        @Override
        public void durable() {
            emitter.onSuccess(event);
        }

        @Override
        public void failed(HeadraceException cause) {
            emitter.tryOnError(cause);
        }
    }
}
