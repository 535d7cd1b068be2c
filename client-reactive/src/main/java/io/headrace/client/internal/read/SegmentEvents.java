/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.HeadraceException;
import io.headrace.client.ProtocolException;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.Resources;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;

/** Reads all events of a part of a segment, as fast as they come: meant for small parts. On the loop. */
final class SegmentEvents implements SegmentInput.Sink {
    private static final int READ_BYTES = 256 << 10;

    private final EventFrameBuffer frames;
    private final Consumer<ByteBuf> events;
    private final SegmentInput input;
    private final Promise<Void> done = Promise.promise();

    private SegmentEvents(
            Resources resources, String segment, long from, long to, int maxEventBytes, Consumer<ByteBuf> events) {
        this.frames = new EventFrameBuffer(maxEventBytes);
        this.events = events;
        this.input = new SegmentInput(resources, segment, from, to, this);
    }

    /** Succeeds when everything between two offsets was given to {@code events}. */
    static Future<Void> read(
            Resources resources, String segment, long from, long to, int maxEventBytes, Consumer<ByteBuf> events) {
        SegmentEvents reading = new SegmentEvents(resources, segment, from, to, maxEventBytes, events);
        reading.input.read(READ_BYTES);
        return reading.done.future();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        frames.add(bytes);
        try {
            for (ByteBuf event = frames.next(); event != null; event = frames.next()) {
                events.accept(event);
            }
            input.read(READ_BYTES);
        } catch (RuntimeException e) {
            input.end();
            onFailed(
                    e instanceof HeadraceException known
                            ? known
                            : new ProtocolException(String.valueOf(e.getMessage()), e));
        }
    }

    @Override
    public void onEnd() {
        if (frames.heldBytes() > 0) {
            done.tryFail(new ProtocolException(input.segment() + " ends in the middle of an event"));
        } else {
            done.tryComplete();
        }
    }

    @Override
    public void onTruncated(long startOffset) {
        input.end();
        done.tryFail(new TruncatedException(input.segment() + " was truncated", startOffset));
    }

    @Override
    public void onFailed(HeadraceException cause) {
        done.tryFail(cause);
    }
}
