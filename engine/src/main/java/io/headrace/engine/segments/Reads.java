/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.Connections.WaitingRead;
import io.headrace.engine.segments.SegmentCommand.Read;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Answers reads from what holds the data: frames of the log, and blocks of chunks. A reply may refer to memory of
 * both, see {@link Gathering} and {@link ChunkReads}.
 */
final class Reads {
    /** Largest reply, in bytes. */
    static final int MAX_LENGTH = 2 << 20;

    private static final SegmentReply.Data END_OF_SEGMENT = new SegmentReply.Data(Unpooled.EMPTY_BUFFER, true, true);

    private final Gathering gathering;
    private final Connections connections;
    private final @Nullable ChunkReads chunks;

    /** @param chunks for what is in long-term storage; null if there is none */
    Reads(ByteBufAllocator allocator, Connections connections, @Nullable ChunkReads chunks) {
        this.gathering = new Gathering(allocator);
        this.connections = connections;
        this.chunks = chunks;
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
            answer(segment, command, replyTo, turn, false);
        } else if (segment.sealed) {
            turn.replyAfter(segment.changedIn, replyTo, END_OF_SEGMENT);
        } else {
            String refusal = connections.park(segment, command, replyTo);
            if (refusal != null) {
                turn.reply(replyTo, new SegmentReply.BadArgument(refusal));
            }
        }
    }

    /** Answers the waiting reads that the segment has data for now, and all of them if it is sealed. */
    void wake(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        WaitingRead read = connections.takeBelow(segment, segment.length);
        while (read != null) {
            answer(segment, read.command, read.replyTo, turn, true);
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
     *
     * @param woken whether this is the turn of another command, in which nothing may be missed
     */
    private void answer(
            Segment segment,
            Read command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn,
            boolean woken) {
        Extents extents = segment.extents;
        if (extents == null) {
            throw new IllegalStateException("segment " + segment.name + " has a length but no data");
        }
        int limit = Math.min(command.maxLength(), MAX_LENGTH);
        long end = Math.min(segment.length, command.offset() + limit);
        int first = extents.indexOf(command.offset());
        int index = first;
        boolean committed = gate(segment, frame(extents, index), command.offset()) <= turn.committedFrame();
        long after = 0;
        long at = command.offset();
        long inFrame = -1;
        ByteBuf bytes = null;
        gathering.begin();
        while (at < end && !gathering.isFull()) {
            long frame = frame(extents, index);
            long gate = gate(segment, frame, at);
            if (committed && gate > turn.committedFrame()) {
                break;
            }
            int within = (int) (at - extents.offset(index));
            int length = (int) (Math.min(end, extents.end(index, segment.length)) - at);
            if (extents.isInChunk(index)) {
                int got = Recent.gather(segment, at, length, gathering, turn);
                if (got == 0) {
                    got = gatherChunk(extents.chunk(index), extents.chunkOffset(index) + within, length);
                }
                if (got == 0) {
                    break;
                }
                at += got;
                after = Math.max(after, gate);
                if (got < length) {
                    continue;
                }
            } else {
                if (frame != inFrame) {
                    bytes = turn.frame(frame);
                    inFrame = frame;
                }
                if (bytes == null) {
                    break;
                }
                gathering.add(bytes, extents.position(index) + within, length);
                after = Math.max(after, gate);
                at += length;
            }
            index++;
        }
        if (gathering.isEmpty()) {
            if (woken) {
                turn.executeLater(command, replyTo);
            } else {
                load(extents, first, command, replyTo, turn);
            }
            return;
        }
        boolean atTail = at == segment.length && at - command.offset() < limit;
        boolean endOfSegment = atTail && segment.sealed;
        if (endOfSegment) {
            after = Math.max(after, segment.changedIn);
        }
        ByteBuf data = gathering.end();
        if (chunks != null) {
            chunks.readAhead();
        }
        turn.replyAfter(after, replyTo, new SegmentReply.Data(data, atTail, endOfSegment));
    }

    private int gatherChunk(long chunk, int offset, int length) {
        return chunks == null ? 0 : chunks.gather(chunk, offset, length, gathering);
    }

    /** Executes a read again when the piece that it begins with is in memory. */
    private void load(
            Extents extents,
            int index,
            Read command,
            ReplyTo<? super SegmentReply> replyTo,
            Turn<SegmentCommand, SegmentReply> turn) {
        if (!extents.isInChunk(index)) {
            turn.executeWhenLoaded(extents.frame(index), command, replyTo);
        } else if (chunks == null) {
            replyTo.lost("the data is in long-term storage, which this partition was not given");
        } else {
            int offset = extents.chunkOffset(index) + (int) (command.offset() - extents.offset(index));
            chunks.executeWhenLoaded(extents.chunk(index), offset, command, replyTo);
        }
    }

    /** The frame that a piece stands in; 0 if it is in a chunk, which it only is after it was committed. */
    private static long frame(Extents extents, int index) {
        return extents.isInChunk(index) ? 0 : extents.frame(index);
    }

    /** The frame that must be committed before data at {@code offset}, which stands in {@code frame}, may be seen. */
    private static long gate(Segment segment, long frame, long offset) {
        Attached attached = segment.attached;
        return attached == null || offset < attached.mergedFrom ? frame : Math.max(frame, attached.mergedIn);
    }
}
