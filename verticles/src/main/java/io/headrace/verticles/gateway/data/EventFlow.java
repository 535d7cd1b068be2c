/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Event;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import io.vertx.core.Context;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * Brings events from the client's loop to a peer, as many as it has permits for and as its socket can hold. All but {@link
 * #onNext} happens on the event loop of the peer's connection.
 *
 * @param <M> what an event is made into, on the client's loop
 */
final class EventFlow<M> implements FlowableSubscriber<Event<byte[]>> {
    /** A request of the client is for about so many bytes of events. */
    private static final long BATCH_BYTES = 128 << 10;

    private static final int MAX_BATCH = 64;

    /** Takes what comes. */
    interface Sink<M> {
        /** Whether the peer takes less than it is sent; {@link EventFlow#pump} is to be called when it has caught up. */
        boolean isFull();

        void event(M message);

        /** All has been read. */
        void ended();

        void failed(Throwable cause);
    }

    private final Context context;
    private final Function<Event<byte[]>, M> form;
    private final Sink<M> sink;

    private @Nullable Subscription upstream;
    private boolean isOver;
    private long permits;

    /** Asked for and not yet there. */
    private int coming;

    private long largest = 1;

    EventFlow(Context context, Function<Event<byte[]>, M> form, Sink<M> sink) {
        this.context = context;
        this.form = form;
        this.sink = sink;
    }

    void begin(Flowable<Event<byte[]>> events) {
        events.subscribe(this);
    }

    /** Lets so many more events come; {@link Long#MAX_VALUE} is without end. */
    void permit(long more) {
        permits = permits + more < 0 ? Long.MAX_VALUE : permits + more;
        pump();
    }

    long permits() {
        return permits;
    }

    /** Asks for what may come. */
    void pump() {
        if (isOver || upstream == null || coming > 0 || permits == 0 || sink.isFull()) {
            return;
        }
        coming = (int) Math.min(permits, Math.max(1, Math.min(MAX_BATCH, BATCH_BYTES / largest)));
        permits -= coming;
        upstream.request(coming);
    }

    /** Nothing comes any more. */
    void cancel() {
        isOver = true;
        if (upstream != null) {
            upstream.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        context.runOnContext(nothing -> {
            upstream = subscription;
            if (isOver) {
                subscription.cancel();
            } else {
                pump();
            }
        });
    }

    @Override
    public void onNext(Event<byte[]> event) {
        M message = form.apply(event);
        long bytes = event.value().length;
        context.runOnContext(nothing -> {
            largest = Math.max(largest, bytes);
            coming--;
            if (!isOver) {
                sink.event(message);
                pump();
            }
        });
    }

    @Override
    public void onError(Throwable cause) {
        context.runOnContext(nothing -> end(() -> sink.failed(cause)));
    }

    @Override
    public void onComplete() {
        context.runOnContext(nothing -> end(sink::ended));
    }

    private void end(Runnable told) {
        if (!isOver) {
            isOver = true;
            told.run();
        }
    }
}
