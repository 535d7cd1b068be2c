/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import io.headrace.codecs.wire.AppendCommand.AppendBlock;
import io.headrace.codecs.wire.AppendCommand.AppendBlockEnd;
import io.headrace.codecs.wire.AppendCommand.ConditionalAppend;
import io.headrace.codecs.wire.AppendCommand.ConditionalBlockEnd;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts the appends of one connection together. The owner of the connection gives it every {@link AppendCommand} in the
 * order of arrival, on one thread; other commands go past it. After a {@link WireFormatException} the connection has to
 * be closed, and the stream is not to be used any more.
 *
 * <p>An append consists of slices of the buffers that its commands came in. They are not copied and not retained: a block
 * is held until its end arrives, so the buffers must stay valid until the append that comes out has been handled. Heap
 * buffers that are left to the garbage collector are the simple way.
 */
public final class AppendStream {
    /** In {@link Append#expectedOffset}: append whatever the length is. */
    public static final long UNCONDITIONAL = -1;

    /** Most writers on a connection; clients take a new one after 2,000. */
    public static final int MAX_WRITERS = 4_000;

    /** Most characters in the name of a segment; the longest legal ones have less than 700. */
    public static final int MAX_SEGMENT_NAME = 1_024;

    private final Map<UUID, Writer> writers = new HashMap<>();
    private @Nullable AppendBlock pending;

    /**
     * A whole append.
     *
     * @param eventNumber number of its last event
     * @param eventCount at least 1, also when there is no data
     * @param expectedOffset the length that the segment must have, or {@link #UNCONDITIONAL}
     * @param data to be stored as it is; see {@link AppendStream} on how long it is valid
     */
    public record Append(
            String segment,
            UUID writerId,
            long eventNumber,
            int eventCount,
            long expectedOffset,
            long requestId,
            ByteBuf data) {}

    private static final class Writer {
        final String segment;
        long lastEventNumber;

        Writer(String segment) {
            this.segment = segment;
        }
    }

    /**
     * Takes the next command.
     *
     * @return the append that it completes, if any. {@link SetupAppend} completes none, and is left to be answered
     * @throws WireFormatException if the command is not allowed here
     */
    public @Nullable Append accept(AppendCommand command) {
        if (command instanceof AppendBlockEnd end) {
            return end(end);
        }
        if (pending != null) {
            throw new WireFormatException(command.getClass().getSimpleName() + " while the block of writer "
                    + pending.writerId() + " is open");
        }
        if (command instanceof SetupAppend setup) {
            bind(setup);
            return null;
        }
        if (command instanceof AppendBlock block) {
            writer(block.writerId());
            pending = block;
            return null;
        }
        if (command instanceof ConditionalAppend c) {
            return conditional(c.writerId(), c.eventNumber(), c.expectedOffset(), c.requestId(), c.event());
        }
        if (command instanceof ConditionalBlockEnd c) {
            return conditional(c.writerId(), c.eventNumber(), c.expectedOffset(), c.requestId(), c.data());
        }
        throw new AssertionError(command);
    }

    private void bind(SetupAppend setup) {
        if (setup.segment().length() > MAX_SEGMENT_NAME) {
            throw new WireFormatException("a segment name of " + setup.segment().length() + " characters");
        }
        if (writers.size() >= MAX_WRITERS && !writers.containsKey(setup.writerId())) {
            throw new WireFormatException("more than " + MAX_WRITERS + " writers on one connection");
        }
        writers.put(setup.writerId(), new Writer(setup.segment()));
    }

    private Append end(AppendBlockEnd end) {
        Writer writer = writer(end.writerId());
        if (end.numEvents() <= 0) {
            throw new WireFormatException("an append of " + end.numEvents() + " events");
        }
        AppendBlock block = pending;
        pending = null;
        ByteBuf data = block == null ? end.data() : join(block, end);
        advance(writer, end.writerId(), end.lastEventNumber());
        return new Append(
                writer.segment,
                end.writerId(),
                end.lastEventNumber(),
                end.numEvents(),
                UNCONDITIONAL,
                end.requestId(),
                data);
    }

    private Append conditional(UUID writerId, long eventNumber, long expectedOffset, long requestId, ByteBuf data) {
        Writer writer = writer(writerId);
        advance(writer, writerId, eventNumber);
        // Below zero the condition is void, as it always was in this protocol.
        long expected = Math.max(expectedOffset, UNCONDITIONAL);
        return new Append(writer.segment, writerId, eventNumber, 1, expected, requestId, data);
    }

    private Writer writer(UUID id) {
        Writer writer = writers.get(id);
        if (writer == null) {
            throw new WireFormatException("writer " + id + " was not set up on this connection");
        }
        return writer;
    }

    private static void advance(Writer writer, UUID id, long eventNumber) {
        if (eventNumber < writer.lastEventNumber) {
            throw new WireFormatException(
                    "writer " + id + " went back from event " + writer.lastEventNumber + " to " + eventNumber);
        }
        writer.lastEventNumber = eventNumber;
    }

    /** The whole events of the block, what its partial event holds, and what continues that. */
    private static ByteBuf join(AppendBlock block, AppendBlockEnd end) {
        if (!block.writerId().equals(end.writerId())) {
            throw new WireFormatException("writer " + end.writerId() + " ends the block of writer " + block.writerId());
        }
        ByteBuf body = block.data();
        int whole = end.sizeOfWholeEvents();
        if (whole < 0 || whole > body.readableBytes()) {
            throw new WireFormatException(
                    "a block of " + body.readableBytes() + " bytes with " + whole + " bytes of whole events");
        }
        if (whole == body.readableBytes()) {
            return body;
        }
        ByteBuf events = body.slice(body.readerIndex(), whole);
        WireCommand tail = tail(body.slice(body.readerIndex() + whole, body.readableBytes() - whole));
        if (tail instanceof WireCommand.PartialEvent partial) {
            return concatenate(events, partial.data(), end.data());
        }
        if (end.data().isReadable()) {
            throw new WireFormatException("a padded block goes on in its end");
        }
        return events;
    }

    /** The one frame behind the whole events: padding, or a partial event. */
    private static WireCommand tail(ByteBuf tail) {
        if (tail.readableBytes() < FrameHeader.BYTES) {
            throw new WireFormatException("a block ends in " + tail.readableBytes() + " stray bytes");
        }
        int type = tail.readInt();
        int length = tail.readInt();
        if (length != tail.readableBytes()) {
            throw new WireFormatException(
                    "a frame of " + length + " bytes ends a block that has " + tail.readableBytes() + " bytes left");
        }
        WireCommand command = WireDecoder.decode(type, tail);
        if (command instanceof WireCommand.PartialEvent || command instanceof WireCommand.Padding) {
            return command;
        }
        throw new WireFormatException(command.getClass().getSimpleName() + " inside a block");
    }

    private static ByteBuf concatenate(ByteBuf... parts) {
        // Empty parts must stay out: a composite would release them, and with them the buffer that they are slices of.
        List<ByteBuf> filled = new ArrayList<>(parts.length);
        for (ByteBuf part : parts) {
            if (part.isReadable()) {
                filled.add(part);
            }
        }
        return switch (filled.size()) {
            case 0 -> Unpooled.EMPTY_BUFFER;
            case 1 -> filled.get(0);
            default -> Unpooled.wrappedBuffer(filled.size(), filled.toArray(new ByteBuf[0]));
        };
    }
}
