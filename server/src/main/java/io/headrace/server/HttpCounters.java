/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.server.metrics.Metric;
import io.headrace.server.metrics.Samples;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicLongArray;

/** What was answered on the HTTP port, by the first digit of the status. From any thread. */
final class HttpCounters {
    private static final int CLASSES = 6;
    private static final int PER_CLASS = 100;

    private final AtomicLongArray responses = new AtomicLongArray(CLASSES);

    /** Counts the answer when it begins, and goes on to whoever gives it. A WebSocket is no answer. */
    void count(RoutingContext context) {
        context.addHeadersEndHandler(
                nothing -> responses.incrementAndGet(context.response().getStatusCode() / PER_CLASS % CLASSES));
        context.next();
    }

    void addTo(Samples samples) {
        for (int i = 1; i < CLASSES; i++) {
            long count = responses.get(i);
            if (count > 0) {
                samples.add(Metric.HTTP_RESPONSES, count, i + "xx");
            }
        }
    }
}
