/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamReply;
import io.headrace.verticles.gateway.AdminApi.Answer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** Lists, creates and deletes scopes. */
final class ScopeRoutes {
    private static final String NAME = "scopeName";

    private final StreamQuestions questions;

    ScopeRoutes(StreamQuestions questions) {
        this.questions = questions;
    }

    void mount(AdminApi api, Router router) {
        api.route(router, HttpMethod.GET, "/v1/scopes", this::list);
        api.route(router, HttpMethod.POST, "/v1/scopes", this::create);
        api.route(router, HttpMethod.GET, "/v1/scopes/:scope", this::get);
        api.route(router, HttpMethod.DELETE, "/v1/scopes/:scope", this::delete);
    }

    private Future<Answer> list(RoutingContext context) {
        return questions
                .scopes(AdminApi.token(context))
                .map(page -> Answer.ok(AdminApi.page(
                        "scopes", page.names().stream().map(ScopeRoutes::json).toList(), page.token())));
    }

    private Future<Answer> create(RoutingContext context) {
        String scope = AdminApi.body(context).only(Set.of(NAME)).text(NAME);
        return questions
                .ask(new StreamCommand.CreateScope(scope), StreamReply.CreateScopeStatus.class)
                .map(status -> switch (status) {
                    case SUCCESS -> Answer.created(json(scope));
                    case SCOPE_EXISTS -> throw new ProblemException(409, "there is a scope " + scope + " already");
                    case INVALID_SCOPE_NAME ->
                        throw ProblemException.badRequest(
                                "\"" + scope
                                        + "\" cannot be the name of a scope: use letters, digits, dots and hyphens, at most 255");
                    case FAILURE -> throw new ProblemException(500, "scope " + scope + " was not created");
                });
    }

    private Future<Answer> get(RoutingContext context) {
        String scope = AdminApi.scope(context);
        return questions
                .ask(new StreamCommand.CheckScopeExists(scope), StreamReply.Exists.class)
                .map(reply -> {
                    if (!reply.exists()) {
                        throw missing(scope);
                    }
                    return Answer.ok(json(scope));
                });
    }

    private Future<Answer> delete(RoutingContext context) {
        String scope = AdminApi.scope(context);
        return questions
                .ask(new StreamCommand.DeleteScope(scope), StreamReply.DeleteScopeStatus.class)
                .map(status -> switch (status) {
                    case SUCCESS -> Answer.nothing();
                    case SCOPE_NOT_FOUND -> throw missing(scope);
                    case SCOPE_NOT_EMPTY ->
                        throw new ProblemException(412, "scope " + scope + " is not empty: delete what is in it first");
                    case FAILURE -> throw new ProblemException(500, "scope " + scope + " was not deleted");
                });
    }

    static ProblemException missing(String scope) {
        return new ProblemException(404, "there is no scope " + scope);
    }

    private static JsonObject json(String scope) {
        return new JsonObject().put(NAME, scope);
    }
}
