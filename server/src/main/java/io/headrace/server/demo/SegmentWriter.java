/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.codecs.wire.AppendBlocks;
import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** Appends events to one segment, a few blocks ahead of the acknowledgements. */
final class SegmentWriter {
    static final int EVENTS_PER_BLOCK = 200;
    private static final int BLOCKS_IN_FLIGHT = 8;

    private record Sent(long lastEvent, long nanos) {}

    private final StoreConnection connection;
    private final List<byte[]> events;
    private final List<Long> latenciesNanos;
    private final UUID writer = UUID.randomUUID();
    private final long requestId;
    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private final Promise<Void> done = Promise.promise();
    private int next;

    private SegmentWriter(StoreConnection connection, List<byte[]> events, List<Long> latenciesNanos) {
        this.connection = connection;
        this.events = events;
        this.latenciesNanos = latenciesNanos;
        this.requestId = connection.nextRequestId();
    }

    /**
     * Writes all events; succeeds when the last one is durable.
     *
     * @param latenciesNanos gets the time from sending to acknowledgement, of each block
     */
    static Future<Void> write(
            StoreConnection connection, String segment, List<byte[]> events, List<Long> latenciesNanos) {
        SegmentWriter writer = new SegmentWriter(connection, events, latenciesNanos);
        return connection
                .request(new SetupAppend(writer.requestId, writer.writer, segment, ""))
                .compose(reply -> reply instanceof AppendSetup
                        ? writer.start()
                        : Future.failedFuture(new DemoException("the store refused a writer: " + reply)));
    }

    private Future<Void> start() {
        Promise<Reply> refused = Promise.promise();
        refused.future()
                .onSuccess(reply -> done.tryFail(new DemoException("the store refused an append: " + reply)))
                .onFailure(done::tryFail);
        connection.onAppended(requestId, this::acknowledged, refused);
        sendMore();
        return done.future();
    }

    private void sendMore() {
        while (next < events.size() && inFlight.size() < BLOCKS_IN_FLIGHT) {
            int end = Math.min(next + EVENTS_PER_BLOCK, events.size());
            List<ByteBuf> block = events.subList(next, end).stream()
                    .map(Unpooled::wrappedBuffer)
                    .toList();
            next = end;
            inFlight.addLast(new Sent(end, System.nanoTime()));
            connection.send(AppendBlocks.encode(UnpooledByteBufAllocator.DEFAULT, writer, block, end, requestId));
        }
        if (inFlight.isEmpty()) {
            done.tryComplete();
        }
    }

    private void acknowledged(DataAppended appended) {
        long now = System.nanoTime();
        for (Sent sent = inFlight.peek(); sent != null && sent.lastEvent <= appended.eventNumber(); ) {
            latenciesNanos.add(now - sent.nanos);
            inFlight.remove();
            sent = inFlight.peek();
        }
        sendMore();
    }
}
