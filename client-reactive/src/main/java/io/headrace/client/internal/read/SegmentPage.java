/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.read;

import io.headrace.client.HeadraceException;
import io.headrace.client.ProtocolException;
import io.headrace.client.TruncatedException;
import io.headrace.client.internal.Resources;
import io.headrace.codecs.wire.EventFrames;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * Some events of a segment, one behind the other.
 *
 * @param nextOffset where the event begins that would be next
 */
public record SegmentPage(List<Entry> entries, long nextOffset) {
    private static final int READ_BYTES = 256 << 10;

    /**
     * An event.
     *
     * @param nextOffset where it ends
     */
    public record Entry(ByteBuf payload, long nextOffset) {}

    public SegmentPage {
        entries = List.copyOf(entries);
    }

    /**
     * Reads events from the first offset on, until {@code to} or until there are {@code enoughBytes} of them. What is
     * between the offsets must be there and be whole events. On the loop.
     */
    public static Future<SegmentPage> read(
            Resources resources, String segment, long from, long to, int maxEventBytes, int enoughBytes) {
        Reading reading = new Reading(resources, segment, from, to, maxEventBytes, enoughBytes);
        reading.input.read(READ_BYTES);
        return reading.done.future();
    }

    private static final class Reading implements SegmentInput.Sink {
        private final int enoughBytes;
        private final long from;
        private final EventFrameBuffer frames;
        private final SegmentInput input;
        private final Promise<SegmentPage> done = Promise.promise();
        private final List<Entry> entries = new ArrayList<>();
        private long offset;

        Reading(Resources resources, String segment, long from, long to, int maxEventBytes, int enoughBytes) {
            this.enoughBytes = enoughBytes;
            this.from = from;
            this.frames = new EventFrameBuffer(maxEventBytes);
            this.input = new SegmentInput(resources, segment, from, to, this);
            this.offset = from;
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            frames.add(bytes);
            try {
                for (ByteBuf event = frames.next(); event != null; event = frames.next()) {
                    offset += EventFrames.sizeOf(event);
                    entries.add(new Entry(event, offset));
                }
            } catch (ProtocolException e) {
                input.end();
                done.tryFail(e);
                return;
            }
            if (offset - from >= enoughBytes) {
                finish();
            } else {
                input.read(READ_BYTES);
            }
        }

        private void finish() {
            input.end();
            done.tryComplete(new SegmentPage(entries, offset));
        }

        @Override
        public void onEnd() {
            if (frames.heldBytes() > 0) {
                done.tryFail(new ProtocolException(input.segment() + " ends in the middle of an event"));
            } else {
                finish();
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
}
