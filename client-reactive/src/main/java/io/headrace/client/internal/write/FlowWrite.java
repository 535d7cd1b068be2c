/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.HeadraceException;
import io.headrace.client.Serializer;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.CompletableEmitter;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

/**
 * Writes a flow. It asks for as many events as fit into the writer's bound on bytes, going by the size of those that came:
 * few at first, and more as events become durable.
 */
public final class FlowWrite<T> implements FlowableSubscriber<T>, PendingEvent.Outcome {
    private static final int FIRST_REQUEST = 8;
    private static final int MAX_WINDOW = 16_384;

    /** Makes what is written of what the flow has. */
    @FunctionalInterface
    public interface Maker<T> {
        PendingEvent make(T event, PendingEvent.Outcome outcome);
    }

    private final Maker<? super T> maker;
    private final StreamWriter writer;
    private final CompletableEmitter done;
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

    /** Then nothing is told to it any more. */
    private volatile boolean upstreamEnded;

    private final AtomicReference<@Nullable Throwable> upstreamError = new AtomicReference<>();

    /** Events that were not told to be durable yet, and one for the flow itself until it ends. */
    private final AtomicLong unfinished = new AtomicLong(1);

    /** Size of the largest event lately. */
    private volatile long eventBytes = 1;

    /** Asked for and not yet durable; on the writer's loop, after the first request. */
    private int outstanding = FIRST_REQUEST;

    private FlowWrite(Maker<? super T> maker, StreamWriter writer, CompletableEmitter done) {
        this.maker = maker;
        this.writer = writer;
        this.done = done;
    }

    /** Writes the flow when somebody subscribes. */
    public static <T> Completable of(
            Publisher<? extends T> events,
            Function<? super T, @Nullable String> routingKey,
            Serializer<T> serializer,
            StreamWriter writer) {
        return of(
                events,
                (event, outcome) -> PendingEvent.of(routingKey.apply(event), serializer.serialize(event), outcome),
                writer);
    }

    /** Writes what is made of the flow when somebody subscribes. */
    public static <T> Completable of(Publisher<? extends T> events, Maker<? super T> maker, StreamWriter writer) {
        return Completable.create(
                done -> Flowable.<T>fromPublisher(events).subscribe(new FlowWrite<>(maker, writer, done)));
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription);
        if (!upstream.compareAndSet(null, subscription)) {
            subscription.cancel();
            return;
        }
        done.setCancellable(this::cancel);
        subscription.request(FIRST_REQUEST);
    }

    @Override
    public void onNext(T event) {
        Objects.requireNonNull(event);
        PendingEvent pending;
        try {
            pending = maker.make(event, this);
        } catch (RuntimeException e) {
            cancel();
            onError(e);
            return;
        }
        eventBytes = Math.max(pending.heldBytes(), eventBytes - eventBytes / 64);
        unfinished.incrementAndGet();
        writer.offerAsked(pending);
    }

    @Override
    public void onError(Throwable cause) {
        Objects.requireNonNull(cause);
        upstreamEnded = true;
        upstreamError.compareAndSet(null, cause);
        finish();
    }

    @Override
    public void onComplete() {
        upstreamEnded = true;
        finish();
    }

    @Override
    public void durable() {
        outstanding--;
        long window = Math.max(1, Math.min(MAX_WINDOW, writer.maxBytes() / eventBytes));
        if (outstanding <= window / 2) {
            int more = (int) window - outstanding;
            outstanding += more;
            Subscription flow = upstream.get();
            if (flow != null) {
                flow.request(more);
            }
        }
        finish();
    }

    @Override
    public void failed(HeadraceException cause) {
        cancel();
        done.tryOnError(cause);
    }

    private void finish() {
        if (unfinished.decrementAndGet() == 0) {
            Throwable cause = upstreamError.get();
            if (cause == null) {
                done.onComplete();
            } else {
                done.tryOnError(cause);
            }
        }
    }

    private void cancel() {
        Subscription flow = upstream.get();
        if (flow != null && !upstreamEnded) {
            flow.cancel();
        }
    }
}
