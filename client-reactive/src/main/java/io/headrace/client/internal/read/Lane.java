/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.HeadraceException;
import io.headrace.client.Position.Place;
import io.headrace.client.ProtocolException;
import io.headrace.client.TruncatedException;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One segment of {@link Lanes}: what was fetched of it, and how far it was emitted. On the loop. */
public final class Lane<T> implements SegmentInput.Sink {
    private final Lanes<T> lanes;
    private final Place begin;
    private final long endOffset;
    private final Consumer<Lane<T>> whenFinished;
    private final SegmentInput input;
    private final EventFrameBuffer frames;

    /** Of the next event; {@link Place#FINISHED} behind the end of the segment. */
    private long offset;

    private boolean inputEnded;
    private boolean ended;
    private boolean isReady;

    /** What was to be read next has been deleted; takes effect when all that was read before has been emitted. */
    private @Nullable TruncatedException truncated;

    Lane(Lanes<T> lanes, String segment, Place begin, long endOffset, Consumer<Lane<T>> whenFinished) {
        this.lanes = lanes;
        this.begin = begin;
        this.endOffset = endOffset;
        this.whenFinished = whenFinished;
        this.offset = begin.offset();
        this.frames = new EventFrameBuffer(lanes.options().maxEventBytes());
        this.input = new SegmentInput(lanes.resources(), segment, begin.offset(), endOffset, this);
    }

    public String segment() {
        return input.segment();
    }

    /** Of the next event; {@link Place#FINISHED} behind the end of the segment. */
    public long offset() {
        return offset;
    }

    public Place place() {
        return new Place(offset, begin.range());
    }

    /** Begins, or finds that there is nothing to read. */
    void begin() {
        if (offset < 0 || offset >= endOffset) {
            finish();
        } else {
            lanes.hungry(this);
        }
    }

    /** Emits nothing any more. */
    void end() {
        ended = true;
        input.end();
        frames.clear();
    }

    boolean hasEnded() {
        return ended;
    }

    void read(int bytes) {
        if (!ended) {
            input.read(bytes);
        }
    }

    /** Emits an event if there is one; says whether there may be another. */
    boolean emitNext(Consumer<Event<T>> emission) {
        ByteBuf payload = ended ? null : frames.next();
        if (payload != null) {
            Event<T> event = event(payload);
            boolean hasMore = !inputEnded && truncated == null;
            if (hasMore && !input.isReading() && frames.heldBytes() < lanes.shareBytes() / 2) {
                lanes.hungry(this);
            }
            emission.accept(event);
            if (frames.heldBytes() > 0) {
                return true;
            }
        }
        isReady = false;
        onDry();
        return false;
    }

    private Event<T> event(ByteBuf payload) {
        int length = EventFrames.sizeOf(payload);
        EventPointer pointer = new EventPointer(segment(), offset, length);
        T value = lanes.deserialize(payload);
        offset += length;
        return lanes.event(value, pointer, offset);
    }

    /** There is no complete event. */
    private void onDry() {
        if (ended || lanes.areDone()) {
            return;
        }
        TruncatedException missing = truncated;
        if (missing != null) {
            onDryAndTruncated(missing);
        } else if (!inputEnded) {
            lanes.hungry(this);
        } else if (frames.heldBytes() > 0) {
            lanes.fail(new ProtocolException(segment() + " ends in the middle of an event"));
        } else {
            finish();
        }
    }

    private void onDryAndTruncated(TruncatedException missing) {
        if (!lanes.options().skipTruncated()) {
            lanes.fail(missing);
            return;
        }
        truncated = null;
        frames.clear();
        if (missing.startOffset() < 0) {
            finish();
            return;
        }
        offset = missing.startOffset();
        input.seek(offset);
        lanes.moved(this);
        lanes.hungry(this);
    }

    private void finish() {
        offset = offset >= endOffset ? endOffset : Place.FINISHED;
        end();
        whenFinished.accept(this);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        frames.add(bytes);
        becomeReady();
    }

    @Override
    public void onEnd() {
        inputEnded = true;
        onNoMore();
    }

    @Override
    public void onTruncated(long startOffset) {
        truncated = new TruncatedException(
                segment() + " was truncated before it was read at " + input.offset(), startOffset);
        onNoMore();
    }

    /** Also if nothing is wanted: that a segment was read to its end may be told at any time. */
    private void onNoMore() {
        if (frames.heldBytes() == 0) {
            onDry();
            lanes.wake();
        } else {
            becomeReady();
        }
    }

    @Override
    public void onFailed(HeadraceException cause) {
        lanes.fail(cause);
    }

    private void becomeReady() {
        if (!isReady) {
            isReady = true;
            lanes.ready(this);
        }
    }
}
