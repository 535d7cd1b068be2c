/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** Writes answers to HTTP requests. To be called on the event loop of the request. */
public final class HttpAnswers {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    private HttpAnswers() {}

    public static void json(HttpServerRequest request, int status, JsonObject body) {
        end(request, status, JSON, body);
    }

    /** An error as RFC 9457 describes it. */
    public static void problem(HttpServerRequest request, int status, String detail) {
        JsonObject body = new JsonObject()
                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("status", status)
                .put("detail", detail);
        end(request, status, PROBLEM, body);
    }

    private static void end(HttpServerRequest request, int status, String type, JsonObject body) {
        String text = body.encodePrettily() + "\n";
        request.response().setStatusCode(status).putHeader("Content-Type", type).putHeader("Cache-Control", "no-store");
        if (request.method().equals(HttpMethod.HEAD)) {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            request.response().putHeader("Content-Length", Integer.toString(length));
            request.response().end();
        } else {
            request.response().end(text);
        }
    }
}
