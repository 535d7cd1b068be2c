/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.host.Partitions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Administration over HTTP: the paths and JSON of Pravega's interface of this kind, and what Headrace adds to it. Errors
 * are problem details (RFC 9457).
 *
 * <p>Lists come in pages. Beside the names an answer has a {@code continuationToken} if there are more: it asks for what
 * follows, as a parameter of the same name.
 */
public final class AdminApi {
    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
    private static final int MAX_BODY_BYTES = 64 << 10;

    private final StreamQuestions questions;

    private AdminApi(StreamQuestions questions) {
        this.questions = questions;
    }

    /** Adds the routes, each below {@code /v1}. */
    public static void mount(Router router, Vertx vertx, Partitions<StreamCommand, StreamReply> streams) {
        new AdminApi(new StreamQuestions(vertx, streams)).mount(router);
    }

    private void mount(Router router) {
        router.route("/v1/*").failureHandler(AdminApi::failed);
        router.route("/v1/*").handler(AdminApi::checkType);
        router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
        new ScopeRoutes(questions).mount(this, router);
        new StreamRoutes(questions).mount(this, router);
        new GroupRoutes(questions).mount(this, router);
        refuseOtherMethods(router);
    }

    /** For every path that is known by now, whoever has added it. */
    private static void refuseOtherMethods(Router router) {
        SortedMap<String, SortedSet<String>> methods = new TreeMap<>();
        for (Route route : router.getRoutes()) {
            Set<HttpMethod> known = route.methods();
            String path = route.getPath();
            if (known != null && path != null && path.startsWith("/v1/")) {
                known.forEach(method ->
                        methods.computeIfAbsent(path, p -> new TreeSet<>()).add(method.name()));
            }
        }
        methods.forEach((path, known) -> router.route(path).handler(context -> {
            String allowed = String.join(", ", known);
            context.response().putHeader("Allow", allowed);
            throw new ProblemException(
                    405,
                    "this path does not know the method " + context.request().method() + ", but " + allowed);
        }));
    }

    /** Bodies are JSON here; {@code curl} calls it a form unless it is told. */
    private static void checkType(RoutingContext context) {
        String type = context.request().getHeader("Content-Type");
        if (type != null
                && !type.startsWith("application/json")
                && !type.startsWith("application/x-www-form-urlencoded")) {
            throw new ProblemException(415, "a body is application/json here, not " + type);
        }
        context.next();
    }

    /** What a request is answered with. */
    record Answer(int status, JsonObject body) {
        static Answer ok(JsonObject body) {
            return new Answer(200, body);
        }

        static Answer created(JsonObject body) {
            return new Answer(201, body);
        }

        static Answer nothing() {
            return new Answer(204, new JsonObject());
        }
    }

    /** Adds a route whose handler answers later. */
    void route(Router router, HttpMethod method, String path, Function<RoutingContext, Future<Answer>> handler) {
        router.route(method, path).handler(context -> handler.apply(context)
                .onSuccess(answer -> end(context, answer))
                .onFailure(context::fail));
    }

    private static void end(RoutingContext context, Answer answer) {
        if (context.response().closed()) {
            return;
        }
        if (answer.status == 204) {
            context.response().setStatusCode(204).end();
        } else {
            HttpAnswers.json(context.request(), answer.status, answer.body);
        }
    }

    private static void failed(RoutingContext context) {
        if (context.response().closed()) {
            return;
        }
        if (context.failure() instanceof ProblemException problem) {
            HttpAnswers.problem(context.request(), problem.status(), String.valueOf(problem.getMessage()));
        } else if (context.statusCode() == 413) {
            HttpAnswers.problem(context.request(), 413, "a body has at most " + MAX_BODY_BYTES + " bytes here");
        } else {
            LOG.error("{} {}", context.request().method(), context.request().path(), context.failure());
            HttpAnswers.problem(context.request(), 500, "internal error");
        }
    }

    static Body body(RoutingContext context) {
        return Body.parse(context.body().asString());
    }

    static String scope(RoutingContext context) {
        return context.pathParam("scope");
    }

    static StreamName stream(RoutingContext context) {
        return new StreamName(scope(context), context.pathParam("stream"));
    }

    /** A parameter of the query; empty if it is not given. */
    static String parameter(RoutingContext context, String name) {
        return context.queryParams().contains(name) ? context.queryParams().get(name) : "";
    }

    static String token(RoutingContext context) {
        return parameter(context, "continuationToken");
    }

    static JsonObject page(String name, Collection<JsonObject> elements, String token) {
        JsonArray array = new JsonArray();
        elements.forEach(array::add);
        JsonObject page = new JsonObject().put(name, array);
        return token.isEmpty() ? page : page.put("continuationToken", token);
    }
}
