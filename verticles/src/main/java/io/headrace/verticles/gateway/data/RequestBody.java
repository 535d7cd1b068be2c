/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** Reads bodies, each when there is room for it. */
final class RequestBody {
    private static final int BODY_MILLIS = 10_000;

    private final ByteBudget budget;
    private final int maxBytes;
    private final long bodyMillis;

    RequestBody(ByteBudget budget, int maxBytes) {
        this(budget, maxBytes, BODY_MILLIS);
    }

    /** @param bodyMillis how long a body may take to come when there is room for it */
    RequestBody(ByteBudget budget, int maxBytes, long bodyMillis) {
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.bodyMillis = bodyMillis;
    }

    /** Takes room for the body of a request, reads it, and gives the room back when it has been dealt with. */
    <T> Future<T> read(RoutingContext context, Function<Buffer, Future<T>> handler) {
        int length = length(context.request());
        context.request().pause();
        Promise<T> done = Promise.promise();
        budget.take(length, () -> body(context).compose(handler).onComplete(result -> {
            budget.giveBack(length);
            done.handle(result);
        }));
        return done.future();
    }

    private int length(HttpServerRequest request) {
        String header = request.getHeader("Content-Length");
        if (header == null) {
            throw new ProblemException(411, "say the length of the body, in the header Content-Length");
        }
        long length = Long.parseLong(header);
        if (length > maxBytes) {
            throw new ProblemException(413, "a body has at most " + maxBytes + " bytes here");
        }
        return (int) length;
    }

    /** Who has taken room for a body must send it. */
    private Future<Buffer> body(RoutingContext context) {
        Promise<Buffer> body = Promise.promise();
        long timer = context.vertx().setTimer(bodyMillis, id -> {
            if (body.tryFail(new ProblemException(408, "the body did not come"))) {
                context.response().putHeader("Connection", "close");
            }
        });
        context.request().body().onComplete(done -> {
            context.vertx().cancelTimer(timer);
            if (done.succeeded()) {
                body.tryComplete(done.result());
            } else {
                body.tryFail(ProblemException.badRequest("the body ended early"));
            }
        });
        context.request().resume();
        return body.future();
    }
}
