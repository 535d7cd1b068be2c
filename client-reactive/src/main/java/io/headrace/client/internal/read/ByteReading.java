/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.HeadraceException;
import io.headrace.client.StreamName;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.bytes.ByteSegment;
import io.headrace.client.internal.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscription to a stream of bytes. The subscriber asks on any thread; all else happens on the loop. The store is asked
 * for one buffer at a time and only for those that are wanted, so that nothing is ever held here.
 */
public final class ByteReading implements Subscription, SegmentInput.Sink {
    private final Loop loop;
    private final Resources resources;
    private final long from;
    private final long to;
    private final int bufferBytes;
    private final Subscriber<? super ByteBuffer> subscriber;
    private final AtomicLong wanted = new AtomicLong();
    private volatile boolean done;

    private @Nullable SegmentInput input;
    private Loop.@Nullable Timer ending;

    private ByteReading(
            Resources resources, long from, long to, int bufferBytes, Subscriber<? super ByteBuffer> subscriber) {
        this.loop = resources.loop();
        this.resources = resources;
        this.from = from;
        this.to = to;
        this.bufferBytes = bufferBytes;
        this.subscriber = subscriber;
    }

    /** Begins to read for a subscriber. */
    public static void begin(
            Resources resources,
            StreamName stream,
            long from,
            long to,
            int bufferBytes,
            Subscriber<? super ByteBuffer> subscriber) {
        ByteReading reading = new ByteReading(resources, from, to, bufferBytes, subscriber);
        subscriber.onSubscribe(reading);
        if (reading.loop.hasEnded()) {
            reading.onFailed(Loop.closed());
        }
        reading.loop.execute(() -> reading.start(new ByteSegment(resources, stream)));
    }

    private void start(ByteSegment segment) {
        if (done) {
            return;
        }
        ending = loop.whenEnding(() -> onFailed(Loop.closed()));
        segment.name().onComplete(this::open, cause -> onFailed(Errors.of(cause)));
    }

    private void open(String segment) {
        if (!done) {
            input = new SegmentInput(resources, segment, from, to, this);
            feed();
        }
    }

    @Override
    public void request(long buffers) {
        if (buffers <= 0) {
            loop.execute(() -> end(new IllegalArgumentException("asked for " + buffers + " buffers (rule 3.9)")));
            return;
        }
        wanted.getAndAccumulate(buffers, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        loop.execute(this::feed);
    }

    @Override
    public void cancel() {
        if (!done) {
            done = true;
            loop.execute(this::close);
        }
    }

    private void feed() {
        SegmentInput open = input;
        if (!done && open != null && (wanted.get() > 0 || open.offset() >= to)) {
            open.read(bufferBytes);
        }
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        if (done) {
            return;
        }
        wanted.getAndUpdate(n -> n == Long.MAX_VALUE ? n : n - 1);
        SegmentInput open = input;
        boolean isLast = open == null || open.offset() >= to;
        if (!isLast) {
            feed(); // the store works while the subscriber does
        }
        subscriber.onNext(bytes.nioBuffer());
        if (isLast) {
            feed();
        }
    }

    @Override
    public void onEnd() {
        if (!done) {
            done = true;
            close();
            subscriber.onComplete();
        }
    }

    @Override
    public void onTruncated(long startOffset) {
        end(new TruncatedException("the bytes were deleted before they were read", startOffset));
    }

    @Override
    public void onFailed(HeadraceException cause) {
        end(cause);
    }

    private void end(Throwable cause) {
        if (!done) {
            done = true;
            close();
            subscriber.onError(cause);
        }
    }

    private void close() {
        if (ending != null) {
            ending.cancel();
        }
        if (input != null) {
            input.end();
        }
    }
}
