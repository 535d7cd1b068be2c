/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket: publishes what it brings, and sends it the events that it has subscribed to and has permits for. A mistake in
 * a message is told and costs nothing else. The socket is not read while it has too much under way, or does not take its
 * answers.
 */
final class SocketSession {
    /** What is fetched ahead for a subscription. */
    private static final int BYTES_AHEAD = 256 << 10;

    private static final short NOT_TEXT = 1003;
    private static final short TOO_LARGE = 1009;
    private static final short GONE = 1001;
    private static final int TICKS_IN_SILENCE = 5;

    private static final Logger LOG = LoggerFactory.getLogger(SocketSession.class);

    private final ServerWebSocket socket;
    private final Context context;
    private final HeadraceClient client;
    private final Publisher publisher;
    private final ByteBudget budget;
    private final DataOptions options;
    private final Map<String, EventFlow<String>> subscriptions = new HashMap<>();

    private long bytesInFlight;
    private boolean isPaused;
    private boolean isClosed;
    private int ticksInSilence;

    SocketSession(
            ServerWebSocket socket,
            Context context,
            HeadraceClient client,
            Publisher publisher,
            ByteBudget budget,
            DataOptions options) {
        this.socket = socket;
        this.context = context;
        this.client = client;
        this.publisher = publisher;
        this.budget = budget;
        this.options = options;
    }

    /** @param whenClosed called at the end */
    void begin(Runnable whenClosed) {
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(bytes -> close(NOT_TEXT, "messages are JSON, in text frames"));
        socket.pongHandler(bytes -> ticksInSilence = 0);
        socket.drainHandler(nothing -> {
            subscriptions.values().forEach(EventFlow::pump);
            regulate();
        });
        socket.exceptionHandler(this::broken);
        socket.closeHandler(nothing -> {
            isClosed = true;
            subscriptions.values().forEach(EventFlow::cancel);
            subscriptions.clear();
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
        if (isPaused || socket.writeQueueFull()) {
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

    private void received(String text) {
        ticksInSilence = 0;
        String id = "";
        try {
            SocketMessage message = SocketMessage.parse(text);
            id = message.id();
            switch (message.op()) {
                case "publish" -> publish(id, message, text.length());
                case "subscribe" -> subscribe(id, message);
                case "permit" -> subscription(id).permit(message.permits());
                default -> unsubscribe(id);
            }
        } catch (ProblemException problem) {
            send(SocketMessage.problem(id, problem));
        }
        regulate();
    }

    private void publish(String id, SocketMessage message, int bytes) {
        StreamName stream = message.stream();
        String key = message.key();
        byte[] event = message.event();
        bytesInFlight += bytes;
        budget.take(bytes, () -> publisher.publish(stream, key, event).onComplete(done -> {
            budget.giveBack(bytes);
            bytesInFlight -= bytes;
            if (done.succeeded()) {
                send(SocketMessage.answer("published", id));
            } else {
                failed(id, done.cause());
            }
            regulate();
        }));
    }

    private void subscribe(String id, SocketMessage message) {
        if (subscriptions.containsKey(id)) {
            throw ProblemException.badField("id", "\"" + id + "\" has a subscription already: unsubscribe first");
        }
        if (subscriptions.size() >= options.maxSubscriptions()) {
            throw new ProblemException(
                    429, "there are " + subscriptions.size() + " subscriptions on this connection, and can be no more");
        }
        StreamName stream = message.stream();
        long permits = message.permits();
        EventFlow<String> flow = new EventFlow<>(
                context,
                event -> new JsonObject()
                        .put("op", "event")
                        .put("id", id)
                        .mergeIn(EventJson.of(event))
                        .encode(),
                new Delivery(id));
        var events = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(BYTES_AHEAD))
                .from(message.from(stream))
                .events();
        subscriptions.put(id, flow);
        send(SocketMessage.answer("subscribed", id));
        flow.permit(permits);
        flow.begin(events);
    }

    private EventFlow<String> subscription(String id) {
        EventFlow<String> flow = subscriptions.get(id);
        if (flow == null) {
            throw ProblemException.badField("id", "\"" + id + "\" has no subscription on this connection");
        }
        return flow;
    }

    private void unsubscribe(String id) {
        subscription(id).cancel();
        subscriptions.remove(id);
        send(SocketMessage.answer("ended", id));
    }

    /** Sends the events of one subscription. */
    private final class Delivery implements EventFlow.Sink<String> {
        private final String id;

        Delivery(String id) {
            this.id = id;
        }

        @Override
        public boolean isFull() {
            return socket.writeQueueFull();
        }

        @Override
        public void event(String message) {
            send(message);
        }

        @Override
        public void ended() {
            subscriptions.remove(id);
            send(SocketMessage.answer("ended", id));
        }

        @Override
        public void failed(Throwable cause) {
            subscriptions.remove(id);
            SocketSession.this.failed(id, cause);
        }
    }

    private void failed(String id, Throwable cause) {
        if (Failures.of(cause) instanceof ProblemException problem) {
            send(SocketMessage.problem(id, problem));
        } else {
            LOG.error("WebSocket of {}", socket.remoteAddress(), cause);
            send(SocketMessage.problem(id, new ProblemException(500, "internal error")));
        }
    }

    private void send(JsonObject message) {
        send(message.encode());
    }

    private void send(String message) {
        if (!isClosed) {
            var unused = socket.writeTextMessage(message);
        }
    }

    private void regulate() {
        boolean isTooMuch = bytesInFlight >= options.maxConnectionBytes() || socket.writeQueueFull();
        if (isClosed || isTooMuch == isPaused) {
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
