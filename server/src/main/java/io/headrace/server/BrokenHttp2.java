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
 * What begins like HTTP/2 and then is none ends its connection before anybody can listen to that: Vert.x logs it as an
 * error with a trace, as often as a peer likes. This makes one line of it, not too often. Named in {@code logback.xml}.
 */
public final class BrokenHttp2 extends TurboFilter {
    private static final String LOGGER = "io.vertx.core.net.impl.ConnectionBase";
    private static final String CAUSES = "io.netty.handler.codec.http2.Http2";
    private static final int LINES_PER_INTERVAL = 5;

    private final LogLimiter log = new LogLimiter(LoggerFactory.getLogger(BrokenHttp2.class), LINES_PER_INTERVAL);

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        if (cause == null
                || !logger.getName().equals(LOGGER)
                || !cause.getClass().getName().startsWith(CAUSES)) {
            return FilterReply.NEUTRAL;
        }
        log.warn("closed a connection to the controller: {}", String.valueOf(cause.getMessage()));
        return FilterReply.DENY;
    }
}
