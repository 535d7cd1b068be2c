/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.gateway.AdminApi.Answer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Lists and shows reader groups. */
final class GroupRoutes {
    private static final String GROUPS = "/v1/scopes/:scope/readergroups";
    private static final String NAME = "readerGroupName";

    private final StreamQuestions questions;

    GroupRoutes(StreamQuestions questions) {
        this.questions = questions;
    }

    void mount(AdminApi api, Router router) {
        api.route(router, HttpMethod.GET, GROUPS, this::list);
        api.route(router, HttpMethod.GET, GROUPS + "/:group", this::get);
    }

    /** A group has a stream for its state, by which it is found. */
    private Future<Answer> list(RoutingContext context) {
        String scope = AdminApi.scope(context);
        String prefix = StreamName.READER_GROUP_PREFIX;
        return questions
                .ask(
                        new StreamCommand.ListStreams(scope, AdminApi.token(context), StreamCommand.MAX_PAGE),
                        StreamReply.NamePage.class)
                .map(page -> {
                    if (page.status() == StreamReply.ListStatus.SCOPE_NOT_FOUND) {
                        throw ScopeRoutes.missing(scope);
                    }
                    return Answer.ok(AdminApi.page(
                            "readerGroups",
                            page.names().stream()
                                    .filter(name -> name.startsWith(prefix))
                                    .map(name -> new JsonObject().put(NAME, name.substring(prefix.length())))
                                    .toList(),
                            StreamQuestions.next(page)));
                });
    }

    private Future<Answer> get(RoutingContext context) {
        String scope = AdminApi.scope(context);
        String group = context.pathParam("group");
        return questions
                .ask(new StreamCommand.GetReaderGroup(scope, group), StreamReply.ReaderGroup.class)
                .map(reply -> {
                    ReaderGroupConfiguration configuration = reply.configuration();
                    if (configuration == null) {
                        throw new ProblemException(404, "there is no reader group " + scope + "/" + group);
                    }
                    JsonArray streams = new JsonArray();
                    configuration.startCuts().keySet().forEach(stream -> streams.add(stream.toString()));
                    return Answer.ok(new JsonObject()
                            .put("scopeName", scope)
                            .put(NAME, group)
                            .put("streamList", streams)
                            .put("subscriber", configuration.isSubscriber())
                            .put("generation", configuration.generation()));
                });
    }
}
