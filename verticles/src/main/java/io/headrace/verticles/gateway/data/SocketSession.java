/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.OutOfSequenceException;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket: understands what it brings, and sends it what it has asked for and has permits for. A mistake in a message is
 * told and costs nothing else. The socket is not read while it has too much under way, or does not take its answers.
 */
final class SocketSession implements SocketPeer {
    private static final short WRONG_KIND = 1003;
    private static final short TOO_LARGE = 1009;
    private static final short GONE = 1001;
    private static final int TICKS_IN_SILENCE = 5;

    private static final Logger LOG = LoggerFactory.getLogger(SocketSession.class);

    private final ServerWebSocket socket;
    private final SocketFormat format;
    private final DataOptions options;
    private final SocketReading reading;
    private final SocketPublishing publishing;

    private long bytesInFlight;
    private boolean isPaused;
    private boolean isClosed;
    private int ticksInSilence;

    SocketSession(ServerWebSocket socket, DataApi api) {
        this.socket = socket;
        this.format = SocketFormat.of(socket.subProtocol());
        this.options = api.options();
        this.reading = api.reading(this);
        this.publishing = api.publishing(this);
    }

    /** @param whenClosed called at the end */
    void begin(Runnable whenClosed) {
        socket.textMessageHandler(this::text);
        socket.binaryMessageHandler(this::binary);
        socket.pongHandler(bytes -> ticksInSilence = 0);
        socket.drainHandler(nothing -> {
            reading.pump();
            regulate();
        });
        socket.exceptionHandler(this::broken);
        socket.closeHandler(nothing -> {
            isClosed = true;
            reading.close();
            publishing.close();
            whenClosed.run();
        });
    }

    private void broken(Throwable cause) {
        LOG.debug("WebSocket of {}: {}", socket.remoteAddress(), cause.toString());
        // That is how Vert.x tells of a message that is too large, of which it has dropped a part.
        if (cause instanceof IllegalStateException) {
            close(TOO_LARGE, "a message has at most " + options.maxMessageBytes() + " bytes");
        }
    }

    /**
     * Some time has passed: a peer that says nothing is asked whether it is there, and given up if it does not answer for
     * long. One that has yet to read what it was sent cannot have seen the question.
     */
    void tick() {
        if (isPaused || isFull()) {
            return;
        }
        if (ticksInSilence++ < TICKS_IN_SILENCE) {
            var unused = socket.writePing(Buffer.buffer());
        } else {
            close(GONE, "no answer");
        }
    }

    private void close(short code, String reason) {
        var unused = socket.close(code, reason);
    }

    private void text(String text) {
        if (format == SocketFormat.JSON) {
            received(() -> SocketMessage.parse(text), text.length());
        } else {
            close(WRONG_KIND, "messages of " + format.subProtocol() + " are in binary frames");
        }
    }

    private void binary(Buffer bytes) {
        if (format == SocketFormat.BINARY) {
            received(() -> SocketMessage.parse(bytes), bytes.length());
        } else {
            close(WRONG_KIND, "messages are JSON, in text frames");
        }
    }

    private void received(Supplier<SocketMessage> parsing, int bytes) {
        ticksInSilence = 0;
        String id = "";
        try {
            SocketMessage message = parsing.get();
            id = message.id();
            handle(id, message, bytes);
        } catch (ProblemException | IllegalArgumentException e) {
            failed(id, e);
        }
        regulate();
    }

    private void handle(String id, SocketMessage message, int bytes) {
        switch (message.op()) {
            case PUBLISH -> publishing.publish(id, message, bytes);
            case SUBSCRIBE -> reading.subscribe(id, message);
            case PERMIT -> reading.permit(id, message);
            case UNSUBSCRIBE -> reading.unsubscribe(id);
            case PRODUCER -> publishing.producer(id, message);
            case BEGIN -> publishing.transactions().begin(id, message);
            case COMMIT -> publishing.transactions().commit(id, message);
            case ABORT -> publishing.transactions().abort(id, message);
            case RESUME -> publishing.transactions().resume(id, message);
            case STATUS -> publishing.transactions().status(id, message);
            case JOIN -> reading.join(id, message);
            case ACKNOWLEDGE -> reading.acknowledge(id, message);
        }
    }

    @Override
    public SocketFormat format() {
        return format;
    }

    @Override
    public boolean isFull() {
        return isClosed() || socket.writeQueueFull();
    }

    /** Also before its handler is told. */
    private boolean isClosed() {
        return isClosed || socket.isClosed();
    }

    @Override
    public void send(SocketFrame frame) {
        if (!isClosed()) {
            frame.sendTo(socket);
        }
    }

    @Override
    public void failed(String id, Throwable cause) {
        if (cause instanceof OutOfSequenceException gap) {
            answer(SocketMessage.problem(id, gap));
        } else if (Failures.of(cause) instanceof ProblemException problem) {
            answer(SocketMessage.problem(id, problem));
        } else {
            LOG.error("WebSocket of {}", socket.remoteAddress(), cause);
            answer(SocketMessage.problem(id, new ProblemException(500, "internal error")));
        }
    }

    @Override
    public void underWay(long bytes) {
        bytesInFlight += bytes;
        regulate();
    }

    private void regulate() {
        if (isClosed()) {
            return;
        }
        boolean isTooMuch = bytesInFlight >= options.maxConnectionBytes() || socket.writeQueueFull();
        if (isTooMuch == isPaused) {
            return;
        }
        isPaused = isTooMuch;
        if (isTooMuch) {
            socket.pause();
        } else {
            socket.resume();
        }
    }
}
