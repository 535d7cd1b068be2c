/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.headrace.verticles.net.LogLimiter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * A connection that ends before anybody can listen to its end, as one does that begins like HTTP/2 and then is none, is an
 * error to Vert.x, which it logs as often as a peer likes. This makes a warning of it, not too often. Named in {@code
 * logback.xml}.
 */
public final class BrokenConnections extends TurboFilter {
    private static final String LOGGER = "io.vertx.core.net.impl.ConnectionBase";
    private static final int LINES_PER_INTERVAL = 5;

    private final LogLimiter log = new LogLimiter(LoggerFactory.getLogger(BrokenConnections.class), LINES_PER_INTERVAL);

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        // Without a message somebody asks whether this level is logged.
        if (message == null || level != Level.ERROR || !logger.getName().equals(LOGGER)) {
            return FilterReply.NEUTRAL;
        }
        log.warn("closed a connection whose peer broke the protocol: {}", message);
        return FilterReply.DENY;
    }
}
