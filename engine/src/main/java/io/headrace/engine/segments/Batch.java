/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one segment on their way from the log into a chunk, in one write. It grows from what is in memory; what it holds
 * then does not depend on the caches any more, so that it can wait until more frames have been read back.
 */
final class Batch {
    /** What is copied in one turn at most. */
    private static final int COPIED_BYTES = 4 << 20;

    /** Less than this is always copied: a reference keeps a slab of that size or more in memory. */
    private static final int REFERRED_BYTES = 1 << 20;

    private final ByteBufAllocator allocator;
    private final long from;
    private long to;
    private @Nullable ByteBuf bytes;

    /** @param from where it begins in the segment */
    Batch(ByteBufAllocator allocator, long from) {
        this.allocator = allocator;
        this.from = from;
        this.to = from;
    }

    long from() {
        return from;
    }

    /** Where the next bytes belong. */
    long to() {
        return to;
    }

    long size() {
        return to - from;
    }

    /**
     * Adds committed extents, as far as they are in memory.
     *
     * @param index of the extent that begins at {@link #to}
     * @param limit of the batch's bytes, unless it is empty and the first extent has more
     * @return the index after the last one
     */
    int add(
            Segment segment,
            Extents extents,
            int index,
            long limit,
            Gathering gathering,
            Turn<SegmentCommand, SegmentReply> turn) {
        gathering.begin();
        int at = index;
        long inFrame = -1;
        long frameBytes = 0;
        ByteBuf frame = null;
        for (; at < extents.count() && !extents.isInChunk(at) && !gathering.isFull(); at++) {
            long number = extents.frame(at);
            long after = extents.end(at, segment.length);
            if (number > turn.committedFrame() || (after - from > limit && after - extents.offset(at) < after - from)) {
                break;
            }
            if (number != inFrame) {
                frame = turn.frame(number);
                inFrame = number;
                frameBytes += frame == null ? 0 : frame.readableBytes();
            }
            int length = (int) (after - extents.offset(at));
            if (frame == null || (gathering.total() + length > COPIED_BYTES && isCopied(gathering, frameBytes))) {
                break;
            }
            gathering.add(frame, extents.position(at), length);
        }
        if (!gathering.isEmpty()) {
            if (gathering.total() < REFERRED_BYTES || isCopied(gathering, frameBytes)) {
                gathering.copy();
            }
            to += gathering.total();
            join(gathering.end());
        }
        return at;
    }

    /** Whether references to the frames would keep much more in memory than is wanted of them, or be many. */
    private static boolean isCopied(Gathering gathering, long frameBytes) {
        return !gathering.isEmpty() && (!gathering.refers() || frameBytes > 2L * gathering.total());
    }

    private void join(ByteBuf more) {
        if (bytes == null) {
            bytes = more;
        } else if (bytes instanceof CompositeByteBuf joined) {
            joined.addFlattenedComponents(true, more);
        } else {
            bytes = allocator
                    .compositeBuffer(Gathering.MAX_PIECES)
                    .addComponent(true, bytes)
                    .addFlattenedComponents(true, more);
        }
    }

    /** What there is, which must be something; the caller owns it from here on. */
    ByteBuf take() {
        ByteBuf all = bytes;
        if (all == null) {
            throw new IllegalStateException("there is nothing to write");
        }
        bytes = null;
        return all;
    }

    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
