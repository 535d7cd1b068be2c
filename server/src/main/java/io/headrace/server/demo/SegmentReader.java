/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.codecs.wire.EventFrames;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads one segment from its start to where it ended when reading began. */
final class SegmentReader {
    private static final int READ_BYTES = 256 << 10;

    private final StoreConnection connection;
    private final String segment;
    private final Consumer<String> events;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;

    private SegmentReader(StoreConnection connection, String segment, Consumer<String> events) {
        this.connection = connection;
        this.segment = segment;
        this.events = events;
    }

    /** Gives every event to {@code events}, in order; succeeds with the number of bytes. */
    static Future<Long> read(StoreConnection connection, String segment, Consumer<String> events) {
        SegmentReader reader = new SegmentReader(connection, segment, events);
        return connection
                .request(new GetStreamSegmentInfo(connection.nextRequestId(), segment, ""))
                .compose(reply -> reply instanceof StreamSegmentInfo info
                        ? reader.readFrom(info.startOffset(), info.writeOffset())
                                .map(info.writeOffset())
                        : Future.failedFuture(new DemoException("the store does not know " + segment + ": " + reply)));
    }

    private Future<Void> readFrom(long offset, long end) {
        if (offset >= end) {
            return unread.isReadable()
                    ? Future.failedFuture(new DemoException(segment + " ends in the middle of an event"))
                    : Future.succeededFuture();
        }
        int length = (int) Math.min(READ_BYTES, end - offset);
        return connection
                .request(new ReadSegment(segment, offset, length, "", connection.nextRequestId()))
                .compose(reply -> {
                    if (!(reply instanceof SegmentRead read) || !read.data().isReadable() || read.offset() != offset) {
                        return Future.failedFuture(
                                new DemoException("reading " + segment + " at " + offset + " gave " + reply));
                    }
                    int bytes = read.data().readableBytes();
                    take(read.data());
                    return readFrom(offset + bytes, end);
                });
    }

    private void take(ByteBuf data) {
        unread = Unpooled.copiedBuffer(unread, data);
        for (ByteBuf event = next(); event != null; event = next()) {
            events.accept(event.toString(StandardCharsets.UTF_8));
        }
    }

    private @Nullable ByteBuf next() {
        return EventFrames.read(unread, EventFrames.MAX_EVENT);
    }
}
