/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket of the JDK's client; what comes is kept. */
final class Peer implements WebSocket.Listener, AutoCloseable {
    static final String JSON = "headrace.json.v1";
    static final String BINARY = "headrace.binary.v1";

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Buffer> receivedBytes = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private Buffer bytes = Buffer.buffer();
    private final boolean isReading;
    final WebSocket socket;

    Peer() {
        this(true, JSON);
    }

    Peer(boolean isReading, String protocol) {
        this.isReading = isReading;
        socket = GatewayTest.HTTP
                .newWebSocketBuilder()
                .subprotocols(protocol)
                .buildAsync(uri(), this)
                .join();
        assertThat(socket.getSubprotocol()).isEqualTo(protocol);
    }

    static URI uri() {
        return URI.create("ws://" + GatewayTest.server.http().getAuthority() + "/v1/socket");
    }

    static JsonObject message(String op, String id) {
        return new JsonObject().put("op", op).put("id", id);
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (isReading) {
            opened.request(Long.MAX_VALUE);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean isLast) {
        part.append(text);
        if (isLast) {
            received.add(part.toString());
            part.setLength(0);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean isLast) {
        byte[] copy = new byte[data.remaining()];
        data.get(copy);
        bytes.appendBytes(copy);
        if (isLast) {
            receivedBytes.add(bytes);
            bytes = Buffer.buffer();
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket closed, int status, String reason) {
        received.add("closed " + status);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket failed, Throwable cause) {
        received.add("broken: " + cause);
    }

    Peer send(JsonObject message) {
        return send(message.encode());
    }

    Peer send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    String next() throws InterruptedException {
        String next = received.poll(GatewayTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("the next message").isNotNull();
        return next;
    }

    /** The next message if there is one now. */
    @Nullable
    String poll() {
        return received.poll();
    }

    JsonObject json() throws InterruptedException {
        return new JsonObject(next());
    }

    /** Sends a message of the binary protocol. */
    Peer send(int op, JsonObject fields, byte[] event) {
        byte[] header = fields.encode().getBytes(StandardCharsets.UTF_8);
        Buffer message = Buffer.buffer()
                .appendByte((byte) 1)
                .appendByte((byte) op)
                .appendInt(header.length)
                .appendBytes(header)
                .appendBytes(event);
        socket.sendBinary(ByteBuffer.wrap(message.getBytes()), true).join();
        return this;
    }

    Buffer nextBytes() throws InterruptedException {
        Buffer next = receivedBytes.poll(GatewayTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("the next message").isNotNull();
        return next;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
