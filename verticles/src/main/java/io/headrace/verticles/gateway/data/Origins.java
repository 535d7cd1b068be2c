/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.verticles.gateway.ProblemException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;

/**
 * Whether a browser may send a request for the page that it shows. Pages of this server may, and those that are listed; other
 * programs send no origin. Without this any page that somebody opens could publish to a server on their machine.
 */
final class Origins {
    private final Set<String> allowed;
    private final CorsHandler cors;

    Origins(Set<String> allowed) {
        this.allowed = allowed;
        this.cors = CorsHandler.create()
                .addOrigins(List.copyOf(allowed))
                .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE))
                .allowedHeaders(Set.of("Content-Type", "Last-Event-ID", "If-Match", "If-None-Match"))
                .exposedHeaders(Set.of("ETag"));
    }

    void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String origin = request.getHeader("Origin");
        if (origin == null || isOfThisServer(origin, request)) {
            context.next();
        } else if (allowed.contains(origin)) {
            cors.handle(context);
        } else {
            throw new ProblemException(
                    403, "pages of " + origin + " may not use this server: see the setting http-origins");
        }
    }

    private static boolean isOfThisServer(String origin, HttpServerRequest request) {
        String host = request.getHeader("Host");
        return host != null && (origin.equals("http://" + host) || origin.equals("https://" + host));
    }
}
