/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Event;
import io.headrace.client.EventPointer;
import io.headrace.client.HeadraceException;
import io.headrace.client.Position.Place;
import io.headrace.client.ProtocolException;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.read.EventFrameBuffer;
import io.headrace.client.internal.read.SegmentInput;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One segment that a member of a group has: what was fetched of it, and how far it was emitted. A segment that was emitted
 * to its end stays, with that place, until a checkpoint is passed. On the loop of its reading.
 */
final class GroupLane<T> implements SegmentInput.Sink {
    private final GroupReading<T> reading;
    private final Place begin;
    private final long endOffset;
    private final SegmentInput input;
    private final EventFrameBuffer frames;

    /** Of the next event; {@link Place#FINISHED} behind the end of the segment. */
    private long offset;

    private boolean inputEnded;
    private boolean finished;
    private boolean isReady;
    private boolean closed;

    /** What was to be read next has been deleted; takes effect when all that was read before has been emitted. */
    private @Nullable TruncatedException truncated;

    GroupLane(GroupReading<T> reading, String segment, Place begin, long endOffset) {
        this.reading = reading;
        this.begin = begin;
        this.endOffset = endOffset;
        this.offset = begin.offset();
        this.frames = new EventFrameBuffer(reading.options().maxEventBytes());
        this.input = new SegmentInput(reading.resources(), segment, begin.offset(), endOffset, this);
    }

    String segment() {
        return input.segment();
    }

    long offset() {
        return offset;
    }

    Place place() {
        return new Place(offset, begin.range());
    }

    /** Begins, or finds that there is nothing to read. */
    void begin() {
        if (offset < 0 || offset >= endOffset) {
            finish();
        } else {
            reading.hungry(this);
        }
    }

    void close() {
        closed = true;
        input.end();
        frames.clear();
    }

    boolean isClosed() {
        return closed;
    }

    void read(int bytes) {
        if (!closed && !finished) {
            input.read(bytes);
        }
    }

    /** The next event; empty if there is no complete one. */
    Optional<Event<T>> next() {
        ByteBuf payload = closed || finished ? null : frames.next();
        if (payload == null) {
            isReady = false;
            if (!closed && !finished) {
                onDry();
            }
            return Optional.empty();
        }
        int length = EventFrames.sizeOf(payload);
        EventPointer pointer = new EventPointer(segment(), offset, length);
        T value = reading.deserialize(payload);
        offset += length;
        if (frames.heldBytes() < reading.shareBytes() / 2 && !inputEnded && truncated == null && !input.isReading()) {
            reading.hungry(this);
        }
        return Optional.of(reading.event(value, pointer, offset));
    }

    /** There is no complete event. */
    private void onDry() {
        TruncatedException missing = truncated;
        if (missing != null) {
            onDryAndTruncated(missing);
        } else if (!inputEnded) {
            reading.hungry(this);
        } else if (frames.heldBytes() > 0) {
            reading.onFailed(new ProtocolException(segment() + " ends in the middle of an event"));
        } else {
            finish();
        }
    }

    private void onDryAndTruncated(TruncatedException missing) {
        if (!reading.options().skipTruncated()) {
            reading.onFailed(missing);
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
        reading.moved(this);
        reading.hungry(this);
    }

    private void finish() {
        finished = true;
        offset = offset >= endOffset ? endOffset : Place.FINISHED;
        input.end();
        reading.finished(this);
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

    /** Also if nothing is wanted: the group has to know what was read to its end. */
    private void onNoMore() {
        if (frames.heldBytes() == 0) {
            onDry();
        } else {
            becomeReady();
        }
    }

    @Override
    public void onFailed(HeadraceException cause) {
        reading.onFailed(cause);
    }

    private void becomeReady() {
        if (!isReady) {
            isReady = true;
            reading.ready(this);
        }
    }
}
