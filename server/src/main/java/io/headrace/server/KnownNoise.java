/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;

/**
 * Keeps out of the log what libraries say in perfectly normal runs and what would only frighten a reader. Named in
 * {@code logback.xml}; each line is as narrow as possible.
 */
public final class KnownNoise extends Filter<ILoggingEvent> {

    /** A logger, how the message starts that is left out, and the class of its exception; empty stands for any. */
    private record Line(String logger, String start, String cause) {
        Line(String logger, String start) {
            this(logger, start, "");
        }

        boolean is(ILoggingEvent event) {
            return event.getLoggerName().equals(logger)
                    && event.getFormattedMessage().startsWith(start)
                    && (cause.isEmpty()
                            || (event.getThrowableProxy() != null
                                    && event.getThrowableProxy().getClassName().equals(cause)));
        }
    }

    private static final String REJECTED = "java.util.concurrent.RejectedExecutionException";

    private static final List<Line> LINES = List.of(
            // First start on an empty directory: these look for what is about to be created.
            new Line("org.apache.bookkeeper.discover.ZKRegistrationManager", "BookKeeper metadata doesn't exist"),
            new Line("org.apache.bookkeeper.bookie.Journal", "Problems reading from file (this is okay"),
            // Every start: optional features that are not used here.
            new Line("org.apache.zookeeper.server.ServerCnxnFactory", "maxCnxns is not configured"),
            new Line(
                    "org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicyImpl",
                    "Failed to initialize DNS Resolver"),
            new Line("org.apache.bookkeeper.util.PageCacheUtil", "Unable to read"),
            // After a kill: what had not been acknowledged may end in the middle.
            new Line("org.apache.zookeeper.server.persistence.Util", "Last transaction was partial"),
            // Some ends: a connection that comes in while its port is being closed; it is closed, too.
            new Line(
                    "io.netty.bootstrap.ServerBootstrap",
                    "Failed to register an accepted channel",
                    "java.lang.IllegalStateException"),
            // Every end: two threads of the bookie both end it, and the second finds it ended.
            new Line("org.apache.bookkeeper.client.BookKeeper", "The mainWorkerPool did not shutdown cleanly"),
            new Line("org.apache.bookkeeper.bookie.BookieImpl", "Got Exception while trying to shutdown", REJECTED),
            new Line("org.apache.bookkeeper.bookie.BookieThread", "Uncaught exception in thread", REJECTED));

    @Override
    public FilterReply decide(ILoggingEvent event) {
        return LINES.stream().anyMatch(line -> line.is(event)) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
