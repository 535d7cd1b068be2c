/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response that goes on: events as a browser's {@code EventSource} reads them, with the position as id, so that a browser that
 * has lost its connection goes on by itself. Events that are no text, or have a carriage return, which the format cannot keep,
 * are of type {@code base64}. The last is of type {@code ended} if the stream is sealed, or {@code error}.
 */
final class EventStream implements EventFlow.Sink<String> {
    static final String TYPE = "text/event-stream";

    private static final int BYTES_AHEAD = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private final RoutingContext request;
    private final HttpServerResponse response;

    private EventStream(RoutingContext request) {
        this.request = request;
        this.response = request.response();
    }

    static void begin(RoutingContext request, HeadraceClient client, StreamName stream, long pingMillis) {
        String last = request.request().getHeader("Last-Event-ID");
        EventReader<byte[]> reader = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(BYTES_AHEAD))
                .from(
                        last == null || last.isEmpty()
                                ? EventRoutes.from(request, stream, "latest")
                                : Places.parse(stream, last));
        Context context = request.vertx().getOrCreateContext();
        Promise<Boolean> exists = Promise.promise();
        var unused = client.administration()
                .streamExists(stream)
                .subscribe(
                        found -> context.runOnContext(nothing -> exists.complete(found)),
                        failure -> context.runOnContext(nothing -> exists.fail(failure)));
        exists.future().onFailure(failure -> request.fail(Failures.of(failure))).onSuccess(found -> {
            if (found) {
                new EventStream(request).begin(context, reader, pingMillis);
            } else {
                request.fail(new ProblemException(404, "there is no stream " + stream));
            }
        });
    }

    private void begin(Context context, EventReader<byte[]> reader, long pingMillis) {
        if (response.closed()) {
            return;
        }
        EventFlow<String> flow = new EventFlow<>(context, EventStream::text, this);
        response.setChunked(true).putHeader("Content-Type", TYPE).putHeader("Cache-Control", "no-store");
        long timer = request.vertx().setPeriodic(pingMillis, id -> {
            if (!response.writeQueueFull()) {
                send(":\n\n");
            }
        });
        response.drainHandler(nothing -> flow.pump());
        response.endHandler(nothing -> request.vertx().cancelTimer(timer));
        response.closeHandler(nothing -> {
            request.vertx().cancelTimer(timer);
            flow.cancel();
        });
        // The peer learns at once that it is connected.
        send(":\n\n");
        flow.permit(Long.MAX_VALUE);
        flow.begin(reader.events());
    }

    static String text(Event<byte[]> event) {
        StringBuilder out = new StringBuilder("id: ").append(Places.of(event.position()));
        String text = EventJson.text(event.value());
        if (text == null || text.indexOf('\r') >= 0) {
            out.append("\nevent: base64");
            text = Base64.getEncoder().encodeToString(event.value());
        }
        for (String line : text.split("\n", -1)) {
            out.append("\ndata: ").append(line);
        }
        return out.append("\n\n").toString();
    }

    private void send(String text) {
        if (!response.ended() && !response.closed()) {
            var unused = response.write(text);
        }
    }

    @Override
    public boolean isFull() {
        return response.writeQueueFull();
    }

    @Override
    public void event(String message) {
        send(message);
    }

    @Override
    public void ended() {
        last("ended", new JsonObject());
    }

    @Override
    public void failed(Throwable cause) {
        JsonObject problem = new JsonObject();
        if (Failures.of(cause) instanceof ProblemException known) {
            problem.put("status", known.status()).put("detail", known.getMessage());
        } else {
            LOG.error("{}", request.request().path(), cause);
            problem.put("status", 500).put("detail", "internal error");
        }
        last("error", problem);
    }

    private void last(String type, JsonObject data) {
        send("event: " + type + "\ndata: " + data.encode() + "\n\n");
        if (!response.ended() && !response.closed()) {
            var unused = response.end();
        }
    }
}
