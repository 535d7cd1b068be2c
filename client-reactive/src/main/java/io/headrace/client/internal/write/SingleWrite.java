/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.client.Serializer;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleEmitter;
import org.jspecify.annotations.Nullable;

/** Writes one event each time that somebody subscribes, and emits it when it is durable. */
public record SingleWrite<T>(T event, SingleEmitter<T> emitter) implements PendingEvent.Outcome {

    /** An event for a writer; it may go to any segment if there is no routing key. */
    public static <T> Single<T> of(
            StreamWriter writer, @Nullable String routingKey, T event, Serializer<T> serializer) {
        return Single.create(emitter -> writer.offer(
                PendingEvent.of(routingKey, serializer.serialize(event), new SingleWrite<>(event, emitter))));
    }

    @Override
    public void durable() {
        emitter.onSuccess(event);
    }

    @Override
    public void failed(HeadraceException cause) {
        emitter.tryOnError(cause);
    }
}
