/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.Reply;
import io.headrace.codecs.wire.Request;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireDecoder;
import io.headrace.codecs.wire.WireEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A connection to a segment store. Everything happens on the event loop that it was opened on. */
final class StoreConnection {
    private final NetSocket socket;
    private final String server;
    private final Map<Long, Promise<Reply>> waiting = new HashMap<>();
    private final Map<Long, Handler<DataAppended>> writers = new HashMap<>();
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private long lastRequestId;

    private StoreConnection(NetSocket socket, String server) {
        this.socket = socket;
        this.server = server;
        socket.handler(this::receive);
        socket.closeHandler(nothing -> failAll("the segment store " + server + " closed the connection"));
        send(WireCommand.Hello.CURRENT);
    }

    static Future<StoreConnection> open(NetClient client, String host, int port) {
        return client.connect(port, host)
                .map(socket -> new StoreConnection(socket, host + ":" + port))
                .recover(cause -> Future.failedFuture(new DemoException(
                        "no connection to the segment store " + host + ":" + port + ": " + cause.getMessage(), cause)));
    }

    /** A number for the next request of this connection. */
    long nextRequestId() {
        return ++lastRequestId;
    }

    /** Sends a request; the reply may also be a refusal. */
    Future<Reply> request(Request request) {
        Promise<Reply> promise = Promise.promise();
        waiting.put(request.requestId(), promise);
        send(request);
        return promise.future();
    }

    /**
     * Says where acknowledgements go, and what refuses an append.
     *
     * @param requestId that of the writer's set-up
     * @param refused fails when no more acknowledgements can come
     */
    void onAppended(long requestId, Handler<DataAppended> handler, Promise<Reply> refused) {
        writers.put(requestId, handler);
        waiting.put(requestId, refused);
    }

    /** Sends what is a whole number of frames; takes over the buffer. */
    void send(ByteBuf frames) {
        byte[] bytes = new byte[frames.readableBytes()];
        frames.readBytes(bytes);
        frames.release();
        socket.write(Buffer.buffer(bytes));
    }

    Future<Void> close() {
        return socket.close();
    }

    private void send(WireCommand command) {
        send(WireEncoder.encode(command, UnpooledByteBufAllocator.DEFAULT));
    }

    private void receive(Buffer buffer) {
        received = Unpooled.wrappedBuffer(received, Unpooled.wrappedBuffer(buffer.getBytes()));
        while (received.readableBytes() >= FrameHeader.BYTES) {
            int start = received.readerIndex();
            int length = FrameHeader.checkPayloadLength(received.getInt(start + FrameHeader.LENGTH_OFFSET));
            if (received.readableBytes() < FrameHeader.BYTES + length) {
                break;
            }
            int type = received.readInt();
            received.skipBytes(FrameHeader.BYTES - FrameHeader.LENGTH_OFFSET);
            handle(WireDecoder.decode(type, received.readSlice(length)));
        }
        received = Unpooled.copiedBuffer(received); // lets go of what has been read
    }

    private void handle(WireCommand command) {
        if (command instanceof DataAppended appended) {
            Handler<DataAppended> writer = writers.get(appended.requestId());
            if (writer != null) {
                writer.handle(appended);
            }
        } else if (command instanceof Reply reply) {
            Promise<Reply> promise = waiting.remove(reply.requestId());
            if (promise != null) {
                promise.complete(reply);
            }
        }
    }

    private void failAll(String reason) {
        List<Promise<Reply>> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(promise -> promise.tryFail(new DemoException(reason)));
    }

    @Override
    public String toString() {
        return server;
    }
}
