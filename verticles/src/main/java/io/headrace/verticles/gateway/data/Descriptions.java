/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.verticles.gateway.AdminApi;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What is served, for machines: {@code /v1/openapi.json} and {@code /v1/asyncapi.json}. */
final class Descriptions {
    private Descriptions() {}

    static void mount(Router router) {
        serve(router, "openapi.json");
        serve(router, "asyncapi.json");
    }

    private static void serve(Router router, String name) {
        String text = text(name);
        router.get("/v1/" + name).handler(context -> context.response()
                .putHeader("Content-Type", "application/json")
                .end(text));
    }

    /** A description, which is a resource beside the administration. */
    static String text(String name) {
        try (InputStream in = AdminApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
