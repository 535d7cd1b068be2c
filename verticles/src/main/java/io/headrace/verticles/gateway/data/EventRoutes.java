/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.HeadraceClient;
import io.headrace.client.ReadFrom;
import io.headrace.client.ReaderOptions;
import io.headrace.client.SealedException;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.HttpAnswers;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stores events that come in requests, and answers with the events from some place on. */
final class EventRoutes {
    static final String EVENTS = "/v1/scopes/:scope/streams/:stream/events";

    private static final int MAX_EVENTS = 1_000;
    private static final int DEFAULT_EVENTS = 100;

    /** An answer ends with the event that goes beyond it. */
    private static final long MAX_ANSWER_BYTES = 256 << 10;

    private final HeadraceClient client;
    private final Publisher publisher;
    private final RequestBody bodies;
    private final DataOptions options;

    EventRoutes(HeadraceClient client, Publisher publisher, RequestBody bodies, DataOptions options) {
        this.client = client;
        this.publisher = publisher;
        this.bodies = bodies;
        this.options = options;
    }

    void mount(Router router) {
        router.post(EVENTS).handler(context -> begin(context, this::publish));
        router.get(EVENTS).handler(context -> begin(context, this::read));
    }

    private static void begin(RoutingContext context, Consumer<RoutingContext> handler) {
        try {
            handler.accept(context);
        } catch (IllegalArgumentException | ProblemException e) {
            context.fail(Failures.of(e));
        }
    }

    static StreamName stream(RoutingContext context) {
        return new StreamName(context.pathParam("scope"), context.pathParam("stream"));
    }

    /** The place that a request begins at. */
    static ReadFrom from(RoutingContext context, StreamName stream, String byDefault) {
        return Places.parse(stream, parameter(context, "from", byDefault));
    }

    private static String parameter(RoutingContext context, String name, String byDefault) {
        return context.queryParams().contains(name) ? context.queryParams().get(name) : byDefault;
    }

    private void publish(RoutingContext context) {
        StreamName stream = stream(context);
        bodies.read(context, body -> publish(context, stream, body))
                .map(count -> new JsonObject().put("events", count))
                .onComplete(done -> answer(context, done, 201));
    }

    private Future<Integer> publish(RoutingContext context, StreamName stream, Buffer body) {
        String type = context.request().getHeader("Content-Type");
        if (type == null || !type.startsWith("application/x-ndjson")) {
            String key = parameter(context, "routingKey", "");
            return publisher
                    .publish(stream, key.isEmpty() ? null : key, body.getBytes())
                    .map(1);
        }
        List<String> lines = body.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        String field = parameter(context, "routingKeyField", "");
        List<@Nullable String> keys = new ArrayList<>();
        for (String line : lines) {
            keys.add(field.isEmpty() ? null : key(line, field, keys.size() + 1));
        }
        List<Future<Void>> writes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            writes.add(publisher.publish(stream, keys.get(i), lines.get(i).getBytes(StandardCharsets.UTF_8)));
        }
        return Future.join(writes).map(all -> lines.size());
    }

    private static String key(String line, String field, int number) {
        try {
            Object key = new JsonObject(line).getValue(field);
            if (key instanceof String || key instanceof Number) {
                return key.toString();
            }
        } catch (DecodeException e) {
            throw ProblemException.badRequest("line " + number + " is no JSON object");
        }
        throw ProblemException.badRequest("line " + number + " has no text or number in the field " + field);
    }

    private void read(RoutingContext context) {
        StreamName stream = stream(context);
        String accept = context.request().getHeader("Accept");
        if (accept != null && accept.contains(EventStream.TYPE)) {
            EventStream.begin(context, client, stream, options.pingMillis());
            return;
        }
        String start = parameter(context, "from", "earliest");
        EventReader<byte[]> reader = client.reader(stream, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead((int) MAX_ANSWER_BYTES))
                .from(Places.parse(stream, start));
        int limit = limit(parameter(context, "limit", Integer.toString(DEFAULT_EVENTS)));
        Single<JsonObject> page = client.administration()
                .tail(stream)
                .flatMap(tail -> start.equals("latest")
                        ? Single.just(page(new ArrayList<>(), Places.of(tail)))
                        : page(reader.until(tail), start, limit))
                .onErrorResumeNext(
                        cause -> cause instanceof SealedException ? page(reader, start, limit) : Single.error(cause));
        Context loop = context.vertx().getOrCreateContext();
        Promise<JsonObject> done = Promise.promise();
        var reading = page.subscribe(
                read -> loop.runOnContext(nothing -> done.complete(read)),
                failure -> loop.runOnContext(nothing -> done.fail(failure)));
        context.response().closeHandler(gone -> reading.dispose());
        done.future().onComplete(read -> answer(context, read, 200));
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_EVENTS) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw ProblemException.badField(
                "limit", "must be a whole number from 1 to " + MAX_EVENTS + ", not \"" + text + "\"");
    }

    private static Single<JsonObject> page(EventReader<byte[]> reader, String start, int limit) {
        return reader.events()
                .takeUntil(new Full(limit)::isFullWith)
                .map(EventJson::of)
                .toList()
                .map(events -> page(
                        events,
                        events.isEmpty() ? start : events.get(events.size() - 1).getString(EventJson.POSITION)));
    }

    private static JsonObject page(List<JsonObject> events, String next) {
        JsonArray array = new JsonArray();
        events.forEach(array::add);
        return new JsonObject().put("events", array).put("next", next);
    }

    /** How much of an answer there is. */
    private static final class Full {
        private int events;
        private long bytes;

        Full(int limit) {
            events = limit;
        }

        boolean isFullWith(Event<byte[]> event) {
            events--;
            bytes += event.value().length;
            return events == 0 || bytes >= MAX_ANSWER_BYTES;
        }
    }

    private static void answer(RoutingContext context, AsyncResult<JsonObject> done, int status) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        if (done.succeeded()) {
            HttpAnswers.json(context.request(), status, done.result());
        } else {
            context.fail(Failures.of(done.cause()));
        }
    }
}
