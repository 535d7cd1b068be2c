/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import io.headrace.verticles.gateway.HttpAnswers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;

/**
 * {@code /debug/process}, {@code /debug/threads} and {@code /debug/heap}: for programs on this machine, one question at a time,
 * because the JVM stands still for some of them. Not for pages in a browser. On the event loop of the HTTP port.
 */
public final class DebugPages {
    private final Vertx vertx;
    private boolean isBusy;

    private DebugPages(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Adds the routes. */
    public static void mount(Router router, Vertx vertx, String version) {
        DebugPages pages = new DebugPages(vertx);
        pages.serve(
                router,
                "process",
                "application/json",
                () -> Diagnosis.process(version).encodePrettily() + "\n");
        pages.serve(router, "threads", "text/plain; charset=utf-8", Diagnosis::threads);
        pages.serve(router, "heap", "text/plain; charset=utf-8", Diagnosis::heap);
    }

    private void serve(Router router, String name, String type, Supplier<String> text) {
        router.get("/debug/" + name).handler(context -> {
            if (!isLocal(context.request())) {
                HttpAnswers.problem(context.request(), 403, "this is answered to programs on the same machine only");
            } else if (isBusy) {
                HttpAnswers.problem(context.request(), 503, "somebody else asks right now: try again in a moment");
            } else {
                answer(context, type, text);
            }
        });
    }

    private void answer(RoutingContext context, String type, Supplier<String> text) {
        isBusy = true;
        vertx.executeBlocking(text::get)
                .onComplete(done -> isBusy = false)
                .onSuccess(answer -> context.response()
                        .putHeader("Content-Type", type)
                        .putHeader("Cache-Control", "no-store")
                        .end(answer))
                .onFailure(context::fail);
    }

    /** Browsers say for which page they ask, all of them with one of these two. */
    private static boolean isLocal(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        SocketAddress own = request.localAddress();
        boolean isOfPage = request.getHeader("Origin") != null || request.getHeader("Sec-Fetch-Site") != null;
        return !isOfPage
                && peer != null
                && own != null
                && (isLoopback(peer.hostAddress())
                        || String.valueOf(peer.hostAddress()).equals(own.hostAddress()));
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
