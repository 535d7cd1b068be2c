/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.Connections.WaitingRead;
import io.headrace.engine.segments.SegmentCommand.Read;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Answers reads from the frames that hold the data. A reply refers to the frames' own memory if its pieces are large, and
 * is a copy if they are small, so that a slow reader of a few bytes does not pin whole frames.
 */
final class Reads {
    /** Largest reply, in bytes. */
    static final int MAX_LENGTH = 2 << 20;

    /** Most pieces of one reply; it bounds the time that one read takes. */
    private static final int MAX_PIECES = 4096;

    /** Pieces of this average length and more are referred to, smaller ones copied. */
    private static final int SLICE_BYTES = 16 << 10;

    private static final SegmentReply.Data END_OF_SEGMENT = new SegmentReply.Data(Unpooled.EMPTY_BUFFER, true, true);

    private final ByteBufAllocator allocator;
    private final Connections connections;

    // The pieces of the reply in work; empty between reads.
    private ByteBuf[] frames = new ByteBuf[16];
    private int[] positions = new int[16];
    private int[] lengths = new int[16];
    private int pieces;

    Reads(ByteBufAllocator allocator, Connections connections) {
        this.allocator = allocator;
        this.connections = connections;
    }

    void read(
            Segment segment,
            Read command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        long offset = command.offset();
        if (offset < 0 || command.maxLength() < 1) {
            turn.reply(
                    replyTo,
                    new SegmentReply.BadArgument("a read needs an offset of at least 0 and a length of at least 1, not "
                            + offset + " and " + command.maxLength()));
        } else if (offset < segment.startOffset) {
            turn.replyAfter(segment.changedIn, replyTo, new SegmentReply.Truncated(segment.startOffset));
        } else if (offset < segment.length) {
            answer(segment, command, replyTo, turn);
        } else if (segment.sealed) {
            turn.replyAfter(segment.changedIn, replyTo, END_OF_SEGMENT);
        } else if (!connections.park(segment, command, replyTo)) {
            turn.reply(
                    replyTo,
                    new SegmentReply.BadArgument("more than " + Connections.MAX_WAITING_READS
                            + " reads of one connection wait for data; use fewer at a time"));
        }
    }

    /** Answers the waiting reads that the segment has data for now, and all of them if it is sealed. */
    void wake(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        WaitingRead read = connections.takeBelow(segment, segment.length);
        while (read != null) {
            answer(segment, read.command, read.replyTo, turn);
            read = connections.takeBelow(segment, segment.length);
        }
        if (segment.sealed) {
            for (WaitingRead rest : connections.takeAll(segment)) {
                turn.replyAfter(segment.changedIn, rest.replyTo, END_OF_SEGMENT);
            }
        }
    }

    /** Answers the waiting reads of a segment that has ended. */
    void refuse(Segment ended, Turn<SegmentCommand, SegmentReply> turn) {
        for (WaitingRead read : connections.takeAll(ended)) {
            turn.reply(read.replyTo, new SegmentReply.NoSuchSegment(ended.name));
        }
    }

    /**
     * Replies with the data at an offset that has some: if it is committed, with the committed data that follows without
     * a gap, else with what there is, held until it is committed.
     */
    private void answer(
            Segment segment,
            Read command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        Extents extents = segment.extents;
        if (extents == null) {
            throw new IllegalStateException("segment " + segment.name + " has a length but no data");
        }
        int limit = Math.min(command.maxLength(), MAX_LENGTH);
        long end = Math.min(segment.length, command.offset() + limit);
        int index = extents.indexOf(command.offset());
        long firstFrame = extents.frame(index);
        boolean committed = gate(segment, firstFrame, command.offset()) <= turn.committedFrame();
        long after = 0;
        long at = command.offset();
        long inFrame = -1;
        ByteBuf bytes = null;
        pieces = 0;
        while (at < end && pieces < MAX_PIECES) {
            long frame = extents.frame(index);
            long gate = gate(segment, frame, at);
            if (committed && gate > turn.committedFrame()) {
                break;
            }
            if (frame != inFrame) {
                bytes = turn.frame(frame);
                inFrame = frame;
            }
            if (bytes == null) {
                break;
            }
            int length = (int) (Math.min(end, extents.end(index, segment.length)) - at);
            addPiece(bytes, extents.position(index) + (int) (at - extents.offset(index)), length);
            after = Math.max(after, gate);
            at += length;
            index++;
        }
        if (pieces == 0) {
            turn.executeWhenLoaded(firstFrame, command, replyTo);
            return;
        }
        boolean atTail = at == segment.length && at - command.offset() < limit;
        boolean endOfSegment = atTail && segment.sealed;
        if (endOfSegment) {
            after = Math.max(after, segment.changedIn);
        }
        ByteBuf data = gather((int) (at - command.offset()));
        turn.replyAfter(after, replyTo, new SegmentReply.Data(data, atTail, endOfSegment));
    }

    /** The frame that must be committed before data at {@code offset}, which stands in {@code frame}, may be seen. */
    private static long gate(Segment segment, long frame, long offset) {
        Attached attached = segment.attached;
        return attached == null || offset < attached.mergedFrom ? frame : Math.max(frame, attached.mergedIn);
    }

    private void addPiece(ByteBuf bytes, int position, int length) {
        if (pieces == lengths.length) {
            frames = Arrays.copyOf(frames, 2 * pieces);
            positions = Arrays.copyOf(positions, 2 * pieces);
            lengths = Arrays.copyOf(lengths, 2 * pieces);
        }
        frames[pieces] = bytes;
        positions[pieces] = position;
        lengths[pieces] = length;
        pieces++;
    }

    private ByteBuf gather(int total) {
        try {
            if (total / pieces < SLICE_BYTES) {
                ByteBuf copy = allocator.buffer(total, total);
                for (int i = 0; i < pieces; i++) {
                    copy.writeBytes(frames[i], positions[i], lengths[i]);
                }
                return copy;
            }
            if (pieces == 1) {
                return frames[0].retainedSlice(positions[0], lengths[0]);
            }
            CompositeByteBuf joined = allocator.compositeBuffer(pieces);
            for (int i = 0; i < pieces; i++) {
                joined.addComponent(true, frames[i].retainedSlice(positions[i], lengths[i]));
            }
            return joined;
        } finally {
            Arrays.fill(frames, 0, pieces, Unpooled.EMPTY_BUFFER);
            pieces = 0;
        }
    }
}
