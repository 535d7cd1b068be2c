/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.verticles.gateway.AdminApi.Answer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lists, creates, changes, seals and deletes streams, and says how they follow their load. */
final class StreamRoutes {
    private static final String STREAMS = "/v1/scopes/:scope/streams";
    private static final String STREAM = STREAMS + "/:stream";
    private static final String STATE = "streamState";
    private static final String SEALED = "SEALED";

    private final StreamQuestions questions;

    StreamRoutes(StreamQuestions questions) {
        this.questions = questions;
    }

    void mount(AdminApi api, Router router) {
        api.route(router, HttpMethod.GET, STREAMS, this::list);
        api.route(router, HttpMethod.POST, STREAMS, this::create);
        api.route(router, HttpMethod.GET, STREAM, context -> get(AdminApi.stream(context)));
        api.route(router, HttpMethod.PUT, STREAM, this::update);
        api.route(router, HttpMethod.DELETE, STREAM, context -> delete(AdminApi.stream(context)));
        api.route(router, HttpMethod.PUT, STREAM + "/state", this::seal);
        api.route(router, HttpMethod.GET, STREAM + "/scaling", context -> scaling(AdminApi.stream(context)));
    }

    private Future<Answer> list(RoutingContext context) {
        String scope = AdminApi.scope(context);
        String token = AdminApi.token(context);
        boolean internal = "true".equals(AdminApi.parameter(context, "showInternalStreams"));
        Predicate<String> shown = internal ? name -> true : name -> new StreamName(scope, name).isUserStream();
        StreamCommand command =
                switch (AdminApi.parameter(context, "filter_type")) {
                    case "" -> new StreamCommand.ListStreams(scope, token, StreamCommand.MAX_PAGE);
                    case "showInternalStreams" -> {
                        shown = name -> !new StreamName(scope, name).isUserStream();
                        yield new StreamCommand.ListStreams(scope, token, StreamCommand.MAX_PAGE);
                    }
                    case "tag" ->
                        new StreamCommand.ListStreamsForTag(
                                scope, AdminApi.parameter(context, "filter_value"), token, StreamCommand.MAX_PAGE);
                    default -> throw ProblemException.badRequest("filter_type can be tag or showInternalStreams");
                };
        Predicate<String> filter = shown;
        return questions.ask(command, StreamReply.NamePage.class).compose(page -> {
            if (page.status() == StreamReply.ListStatus.SCOPE_NOT_FOUND) {
                throw ScopeRoutes.missing(scope);
            }
            List<Future<StreamReply.@Nullable Configuration>> each = page.names().stream()
                    .filter(filter)
                    .map(name -> configuration(new StreamName(scope, name)).otherwise(StreamRoutes::goneMeanwhile))
                    .toList();
            String next = StreamQuestions.next(page);
            return Future.all(each)
                    .map(all -> Answer.ok(AdminApi.page(
                            "streams",
                            all.<StreamReply.Configuration>list().stream()
                                    .filter(Objects::nonNull)
                                    .map(found -> StreamJson.of(found.stream(), found.configuration()))
                                    .toList(),
                            next)));
        });
    }

    private Future<Answer> create(RoutingContext context) {
        Body body = AdminApi.body(context).only(StreamJson.FIELDS);
        StreamName stream = new StreamName(AdminApi.scope(context), body.text("streamName"));
        StreamConfiguration configuration = StreamJson.read(body);
        return questions
                .ask(new StreamCommand.CreateStream(stream, configuration), StreamReply.CreateStreamStatus.class)
                .map(status -> switch (status) {
                    case SUCCESS -> Answer.created(StreamJson.of(stream, configuration));
                    case STREAM_EXISTS -> throw new ProblemException(409, "there is a stream " + stream + " already");
                    case SCOPE_NOT_FOUND -> throw ScopeRoutes.missing(stream.scope());
                    case INVALID_STREAM_NAME ->
                        throw ProblemException.badRequest(
                                "\"" + stream.stream()
                                        + "\" cannot be the name of a stream: use letters, digits, dots and hyphens, at most 250");
                    case FAILURE -> throw new ProblemException(500, "stream " + stream + " was not created");
                });
    }

    private Future<Answer> get(StreamName stream) {
        return configuration(stream).map(found -> Answer.ok(StreamJson.of(found.stream(), found.configuration())));
    }

    private Future<Answer> update(RoutingContext context) {
        StreamName stream = AdminApi.stream(context);
        StreamConfiguration configuration =
                StreamJson.read(AdminApi.body(context).only(StreamJson.FIELDS));
        return questions
                .ask(new StreamCommand.UpdateStream(stream, configuration), UpdateStreamStatus.class)
                .map(status -> {
                    check(status, stream);
                    return Answer.ok(StreamJson.of(stream, configuration));
                });
    }

    private Future<Answer> seal(RoutingContext context) {
        StreamName stream = AdminApi.stream(context);
        String state = AdminApi.body(context).only(Set.of(STATE)).text(STATE);
        if (!state.equals(SEALED)) {
            throw ProblemException.badRequest(STATE + " can only become " + SEALED + ", not \"" + state + "\"");
        }
        return questions
                .ask(new StreamCommand.SealStream(stream), UpdateStreamStatus.class)
                .map(status -> {
                    check(status, stream);
                    return Answer.ok(new JsonObject().put(STATE, SEALED));
                });
    }

    private Future<Answer> delete(StreamName stream) {
        return questions
                .ask(new StreamCommand.DeleteStream(stream), StreamReply.DeleteStreamStatus.class)
                .map(status -> switch (status) {
                    case SUCCESS -> Answer.nothing();
                    case STREAM_NOT_FOUND -> throw missing(stream);
                    case STREAM_NOT_SEALED ->
                        throw new ProblemException(412, "stream " + stream + " is not sealed: seal it first");
                    case FAILURE -> throw new ProblemException(500, "stream " + stream + " was not deleted");
                });
    }

    private Future<Answer> scaling(StreamName stream) {
        return questions
                .ask(new StreamCommand.GetScaling(stream), StreamReply.Scaling.class)
                .map(scaling -> Answer.ok(ScalingJson.of(scaling)));
    }

    private Future<StreamReply.Configuration> configuration(StreamName stream) {
        return questions.ask(new StreamCommand.GetStreamConfiguration(stream), StreamReply.Configuration.class);
    }

    /** A stream that was deleted while the list was made does not spoil it. */
    private static StreamReply.@Nullable Configuration goneMeanwhile(Throwable failure) {
        if (failure instanceof ProblemException problem && problem.status() == 404) {
            return null;
        }
        throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }

    private static void check(UpdateStreamStatus status, StreamName stream) {
        switch (status) {
            case SUCCESS -> {}
            case STREAM_NOT_FOUND -> throw missing(stream);
            case SCOPE_NOT_FOUND -> throw ScopeRoutes.missing(stream.scope());
            case STREAM_SEALED -> throw new ProblemException(409, "stream " + stream + " is sealed");
            case FAILURE -> throw new ProblemException(500, "stream " + stream + " was not changed");
        }
    }

    private static ProblemException missing(StreamName stream) {
        return new ProblemException(404, "there is no stream " + stream);
    }
}
