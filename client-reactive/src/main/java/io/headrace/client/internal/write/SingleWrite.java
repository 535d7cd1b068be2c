/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.client.Serializer;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleObserver;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.exceptions.Exceptions;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes one event each time that somebody subscribes, and emits it when it is durable. It stands for itself, because
 * there is one for each event: what the general operators make beside it costs more than all else that is done for one.
 */
public final class SingleWrite<T> extends Single<T> {
    private final StreamWriter writer;
    private final @Nullable String routingKey;
    private final T event;
    private final Serializer<T> serializer;

    private SingleWrite(StreamWriter writer, @Nullable String routingKey, T event, Serializer<T> serializer) {
        this.writer = writer;
        this.routingKey = routingKey;
        this.event = event;
        this.serializer = serializer;
    }

    /** An event for a writer; it may go to any segment if there is no routing key. */
    public static <T> Single<T> of(
            StreamWriter writer, @Nullable String routingKey, T event, Serializer<T> serializer) {
        return RxJavaPlugins.onAssembly(new SingleWrite<>(writer, routingKey, event, serializer));
    }

    @Override
    protected void subscribeActual(SingleObserver<? super T> observer) {
        Written<T> written = new Written<>(event, observer);
        observer.onSubscribe(written);
        if (written.isDisposed()) {
            return;
        }
        PendingEvent pending;
        try {
            pending = PendingEvent.of(routingKey, serializer.serialize(event), written);
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            written.error(e);
            return;
        }
        writer.offer(pending);
    }

    /** True once the observer is told nothing more. */
    private static final class Written<T> extends AtomicBoolean implements PendingEvent.Outcome, Disposable {
        private static final long serialVersionUID = 1L;

        private final transient T event;
        private final transient SingleObserver<? super T> observer;

        Written(T event, SingleObserver<? super T> observer) {
            this.event = event;
            this.observer = observer;
        }

        @Override
        public void durable() {
            if (!getAndSet(true)) {
                observer.onSuccess(event);
            }
        }

        @Override
        public void failed(HeadraceException cause) {
            error(cause);
        }

        void error(Throwable cause) {
            if (!getAndSet(true)) {
                observer.onError(cause);
            }
        }

        @Override
        public void dispose() {
            set(true);
        }

        @Override
        public boolean isDisposed() {
            return get();
        }
    }
}
